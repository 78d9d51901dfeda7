import { describe, expect, it } from '@jest/globals';
import { selectedSince, withLabelTimes } from '../../../../../shared/formats/manifests/selection/labelled-at';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 22, 10, minutes));
const env = { matchLabels: { env: 'live' } };

describe('since when a selector may match a cluster', () => {
  const made = withLabelTimes({}, undefined, { env: 'live' }, at(0));

  it('is its registration, until a label changes that the selector asks for', () => {
    expect(selectedSince({ annotations: made }, env)).toBe(at(0).getTime());
    const other = withLabelTimes({ annotations: made }, { env: 'live' }, { env: 'live', team: 'x' }, at(1));
    expect(selectedSince({ annotations: other }, env)).toBe(at(0).getTime());
    for (const after of [{ env: 'test' }, {}] as Record<string, string>[]) {
      const annotations = withLabelTimes({ annotations: made }, { env: 'live' }, after, at(2));
      expect(selectedSince({ annotations }, env)).toBe(at(2).getTime());
      const expression = { matchExpressions: [{ key: 'env', operator: 'DoesNotExist' as const }] };
      expect(selectedSince({ annotations }, expression)).toBe(at(2).getTime());
    }
  });

  it('is not known of a cluster that was registered before this was noted, or whose note is no such', () => {
    expect(selectedSince({}, env)).toBeUndefined();
    for (const note of ['', '{', 'null', '[]', '{"env":5}', '{"env":"yesterday"}'])
      expect(selectedSince({ annotations: { 'lifeboat/labelled-at': note } }, env)).toBeUndefined();
    const annotations = withLabelTimes({}, {}, { env: 'live' }, at(3));
    expect(selectedSince({ annotations }, env)).toBe(at(3).getTime());
  });

  it('leaves other annotations as they are', () => {
    expect(withLabelTimes({ annotations: { note: 'x' } }, undefined, undefined, at(0))).toEqual({
      note: 'x',
      'lifeboat/labelled-at': JSON.stringify({ '*': '2026-11-22T10:00:00Z' }),
    });
  });
});
