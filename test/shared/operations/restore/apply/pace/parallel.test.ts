import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { forEachParallel } from '../../../../../../shared/operations/restore/apply/pace/parallel';

describe('forEachParallel', () => {
  it('does every item once, never more than the limit at a time, and reads no further ahead', async () => {
    let running = 0;
    let most = 0;
    let read = 0;
    let done = 0;
    const seen: number[] = [];
    async function* items() {
      for (let index = 0; index < 100; index++) {
        read = index + 1;
        expect(read - done).toBeLessThanOrEqual(8);
        yield index;
      }
    }
    await forEachParallel(items(), 7, async (item) => {
      most = Math.max(most, ++running);
      await tick();
      seen.push(item);
      running--;
      done++;
    });
    expect(most).toBe(7);
    expect(seen.sort((left, right) => left - right)).toEqual(
      Array.from({ length: 100 }, (_, index) => index),
    );
  });

  it('stops taking at the first failure, waits for what runs, closes the source and throws', async () => {
    let closed = false;
    let started = 0;
    let ended = 0;
    async function* items() {
      try {
        for (let index = 0; ; index++) yield index;
      } finally {
        closed = true;
      }
    }
    const work = forEachParallel(items(), 3, async (item) => {
      started++;
      await tick();
      ended++;
      if (item === 5) throw new Error('five');
    });
    await expect(work).rejects.toThrow('five');
    expect(closed).toBe(true);
    expect(ended).toBe(started);
    expect(started).toBeLessThan(12);
  });
});
