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
  failed: { schedule: string; reason: string }[];
}
