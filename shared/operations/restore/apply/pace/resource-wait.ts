import type { Clock } from '../../../../platform/clock';

/** The time that one restore may spend waiting for others (Velero's --resource-timeout), whatever it waits for. */
export class ResourceWait {
  #left: number;

  /** @param total milliseconds */
  constructor(
    private readonly clock: Clock,
    total: number,
  ) {
    this.#left = total;
  }

  /** Milliseconds that are left. */
  get left(): number {
    return this.#left;
  }

  /** Counts the time since `began` (of the monotonic clock) as waited. */
  spendSince(began: number): void {
    this.#left = Math.max(0, this.#left - (this.clock.monotonic() - began));
  }
}
