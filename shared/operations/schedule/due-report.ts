/** What a tick did about the schedules. */
export interface DueReport {
  /** Backups asked for by this tick. */
  requested: string[];
  /** Slots that are due and wait: `concurrency: forbid`, and another backup of the series is under way. */
  held: { schedule: string; cluster: string; slot: string; reason: string }[];
  /**
   * Series without a good backup for a slot whose time is over; `good` is the slot of the last one, `startAt` when the schedule
   * was made. RFC 3339.
   */
  overdue: { schedule: string; cluster: string; slot: string; good?: string; startAt: string }[];
  /**
   * Slots whose backup cannot be asked for, because another request has its name: a person asked for it before such names
   * were reserved. Reported by every tick while the slot is due.
   */
  taken: { schedule: string; cluster: string; slot: string; backup: string }[];
  /** `unasked`: a slot is due and could not be asked for, for a reason that is not the schedule's own. */
  failed: { schedule: string; reason: string; unasked?: true }[];
}
