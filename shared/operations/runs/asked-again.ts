const hour = 3_600_000;

/**
 * How long after it failed a run that nobody watches is asked for again: an hour, then 2, 4 … 24. Each run is started several
 * times itself.
 * @param n how many runs of the same were asked for, from 1
 * @returns milliseconds
 */
export function askedAgainAfter(n: number): number {
  return Math.min(2 ** (n - 1), 24) * hour;
}
