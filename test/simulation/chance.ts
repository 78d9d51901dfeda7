/** Numbers that are the same for the same seed. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** Whole, both ends included. */
  between(least: number, most: number): number;
  /** True with this probability. */
  of(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    of: (probability) => next() < probability,
    pick: (from) => from[between(0, from.length - 1)]!,
  };
}
