import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Random } from './clock';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  },
};

/** The machine's randomness. */
export const systemRandom: Random = {
  fraction: () => Math.random(),
  bytes: (count) => Buffer.from(crypto.getRandomValues(new Uint8Array(count))),
};
