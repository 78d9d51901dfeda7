import type { Random } from '../../../shared/platform/clock';

const poolSize = 8192;

/** The same randomness, fetched in larger pieces: every object needs sixteen bytes, and each fetch has its price. */
export function pooledRandom(random: Random): Random {
  let pool: Buffer = Buffer.alloc(0);
  return {
    fraction: () => random.fraction(),
    bytes(count) {
      if (count > poolSize) return random.bytes(count);
      if (pool.length < count) pool = random.bytes(poolSize);
      const taken = Buffer.from(pool.subarray(0, count));
      pool = pool.subarray(count);
      return taken;
    },
  };
}
