import type { Clock } from '../../platform/clock';
import { LifeboatError } from '../../platform/errors';

/** A million objects take minutes. The limit is for an API server that answers just fast enough, for ever. */
const longest = 6 * 3_600_000;

/** How long one attempt at a backup reads its cluster. What is not listed by then is a miss, and the backup says so. */
export class ReadingTime {
  readonly #end: number;

  /** @param limit milliseconds, from now on */
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly limit = longest,
  ) {
    this.#end = clock.monotonic() + limit;
  }

  /** Throws LifeboatError `invalid` once the time is over. */
  check(): void {
    if (this.clock.monotonic() < this.#end) return;
    const hours = this.limit / 3_600_000;
    throw new LifeboatError('invalid', `the cluster was read for ${hours} hours, and no longer`, {
      hint: 'find out why its API server is slow, or back up fewer resources at once',
    });
  }
}
