import { describe, expect, it } from '@jest/globals';
import { handleRefusal } from '../../../../../shared/operations/volumes/handles/saved-snapshot';

const saved = { namespace: 'shop', claim: 'data', handle: 'snap-1', driver: 'disk.example.com' };
const recorded = [{ ...saved }];

describe('handleRefusal', () => {
  it('takes the snapshot that the state has for the claim', () => {
    expect(handleRefusal(saved, { recorded })).toBeUndefined();
  });

  it.each([
    ['another claim', { ...saved, claim: 'other' }],
    ['another namespace', { ...saved, namespace: 'bank' }],
  ])('refuses a snapshot of the state for %s', (_what, other) => {
    expect(handleRefusal(other, { recorded })).toMatch(
      /did not take snapshot snap-1: name it with --snapshot-handle/,
    );
  });

  it.each([
    ['handle', { ...saved, handle: 'snap-of-the-bank' }],
    ['driver', { ...saved, driver: 'nas.example.com' }],
  ])('refuses another %s for the claim, and names the one that was taken', (_what, other) => {
    expect(handleRefusal(other, { recorded })).toMatch(
      /is not the one that this installation took, which is snap-1/,
    );
  });

  it('takes what a person named for this very claim, and nothing else', () => {
    const named = { 'shop/data': 'snap-1' };
    expect(handleRefusal(saved, { named, recorded: [] })).toBeUndefined();
    expect(handleRefusal({ ...saved, handle: 'snap-2' }, { named, recorded: [] })).toBe(
      'the request names snapshot snap-1, and the backup has snap-2',
    );
    expect(handleRefusal({ ...saved, claim: 'other' }, { named, recorded: [] })).toMatch(
      /shop\/other=snap-1/,
    );
  });

  it('is not misled by a claim that is called as a property of every object', () => {
    const odd = { ...saved, namespace: 'shop', claim: 'constructor' };
    expect(handleRefusal(odd, { named: {}, recorded: [] })).toMatch(/did not take/);
  });
});
