import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '../../../../shared/platform/clock';
import { backOff, retrying, storeRetryPolicy } from '../../../../shared/platform/oss/retry';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { failure } from './oss-fixture';

const policy = { attempts: 4, base: 100, cap: 300 };

describe('retrying', () => {
  it('returns what the first successful try brings, and says which it was', async () => {
    const { clock, slept } = recordingClock();

    const result = await retrying(
      async (number) => {
        if (number < 3) throw new Error(`try ${number}`);
        return number;
      },
      { clock, random: fixed(1), policy, waitFor: () => 0 },
    );

    expect(result).toBe(3);
    expect(slept).toEqual([100, 200]);
  });

  it('gives up after the last try, with its error and without waiting once more', async () => {
    const { clock, slept } = recordingClock();
    let tries = 0;

    const error = await failure(
      retrying(() => Promise.reject(new Error(`try ${++tries}`)), {
        clock,
        random: fixed(1),
        policy,
        waitFor: () => 0,
      }),
    );

    expect(error).toEqual(new Error('try 4'));
    expect(slept).toEqual([100, 200, 300]);
  });

  it('does not try again what will not change', async () => {
    const { clock, slept } = recordingClock();
    let tries = 0;

    await failure(
      retrying(() => Promise.reject(new Error(`try ${++tries}`)), {
        clock,
        random: fixed(1),
        policy,
        waitFor: () => undefined,
      }),
    );

    expect(tries).toBe(1);
    expect(slept).toEqual([]);
  });

  it('waits at least as long as the server asked for', async () => {
    const { clock, slept } = recordingClock();

    await retrying(async (number) => (number === 1 ? Promise.reject(new Error()) : number), {
      clock,
      random: fixed(0),
      policy,
      waitFor: () => 5000,
    });

    expect(slept).toEqual([5000]);
  });

  it('stops with the reason of the signal, between tries as well', async () => {
    const stop = new AbortController();
    const reason = new Error('lease lost');

    const error = await failure(
      retrying(() => Promise.reject(new Error('again')), {
        clock: systemClock,
        random: fixed(1),
        policy: { attempts: 9, base: 60_000, cap: 60_000 },
        waitFor: () => 0,
        signal: stop.signal,
        onRetry: () => stop.abort(reason),
      }),
    );

    expect(error).toBe(reason);
  });
});

describe('backOff', () => {
  it('lies anywhere between nothing and a bound that doubles up to the cap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, fraction) => {
          const wait = backOff(storeRetryPolicy, n, fixed(fraction));
          const bound = Math.min(20_000, 250 * 2 ** (n - 1));

          expect(wait).toBeCloseTo(fraction * bound);
        },
      ),
    );
  });
});

function fixed(fraction: number) {
  return { ...systemRandom, fraction: () => fraction };
}

function recordingClock(): { clock: Clock; slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    clock: {
      ...systemClock,
      sleep: async (ms) => {
        slept.push(ms);
      },
    },
  };
}
