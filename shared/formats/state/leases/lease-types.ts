/**
 * The right to work on a run, for 180 s at a time. The holder calls `renew` (a timer in the lease does it every 60 s) and
 * stops at once when `signal` aborts: a successor has it then, or the holder can no longer be sure (120 s without a renewal).
 */
export interface Lease {
  /** Which attempt of the run this is; the number under `attempt-<n>/`. Stays the same while the lease is renewed. */
  readonly attempt: number;
  /** Aborts with LifeboatError `lost-lease`. */
  readonly signal: AbortSignal;
  /** Writes the next lease; throws `lost-lease` when another holder did. Called before the commit and before a report. */
  renew(): Promise<void>;
  /**
   * Renews unless the lease is young enough to outlast a group of work. Called before each group of a restore. Throws as
   * `renew`.
   */
  ensure(): Promise<void>;
  /** Stops renewing. The lease object stays and ages. */
  release(): void;
}
