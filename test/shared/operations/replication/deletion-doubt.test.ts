import { describe, expect, it } from '@jest/globals';
import { deletionDoubt } from '../../../../shared/operations/replication/deletion-doubt';
import { backup } from './rules';

const none = new Set<string>();
const first = backup('daily-1', { at: '2026-11-20T10:00:00Z', items: 10 });
const second = backup('daily-2', { at: '2026-11-21T10:00:00Z', items: 9 });

describe('whether a mirror may delete after a backup', () => {
  it('it may after one that can be measured against its predecessor', () => {
    expect(deletionDoubt(second, [second, first], none)).toBeUndefined();
  });

  it.each([
    ['partial', { phase: 'PartiallyFailed' }, 'is PartiallyFailed'],
    ['empty', { items: 0 }, 'holds no object'],
    ['half empty', { items: 4 }, 'holds 4 objects where daily-1 holds 10'],
    ['unsigned', { origin: { proof: 'none' } }, 'nobody vouches'],
    ['of another schedule', { schedule: 'weekly' }, 'first of its kind'],
    ['on demand, of another scope', { schedule: undefined, scope: 'other' }, 'first of its kind'],
  ] as const)('not after one that is %s', (_, more, expected) => {
    const doubtful = { ...second, ...more };
    expect(deletionDoubt(doubtful, [doubtful, first], none)).toContain(expected);
  });

  it('not after the first, nor after the second of two that lost their content', () => {
    expect(deletionDoubt(first, [first], none)).toContain('first of its kind');
    const empty = backup('daily-3', { at: '2026-11-22T10:00:00Z', items: 1 });
    const again = backup('daily-4', { at: '2026-11-23T10:00:00Z', items: 1 });
    expect(deletionDoubt(again, [first, empty, again], none)).toContain('suspect');
  });

  it('when a person accepted it, and after the next of that size', () => {
    const small = backup('daily-3', { at: '2026-11-22T10:00:00Z', items: 1 });
    const next = backup('daily-4', { at: '2026-11-23T10:00:00Z', items: 1 });
    const accepted = new Set(['daily-3']);
    expect(deletionDoubt(small, [first, small], accepted)).toBeUndefined();
    expect(deletionDoubt(next, [first, small, next], accepted)).toBeUndefined();
    expect(deletionDoubt(first, [first], new Set(['daily-1']))).toBeUndefined();
  });
});
