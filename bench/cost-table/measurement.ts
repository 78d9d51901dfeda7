/** One line of the table: what one operation costs at one size. */
export interface Measurement {
  /** Heading of the group. */
  group: string;
  what: string;
  /** Schedules or backups. */
  size: number;
  /** Counted in memory, without the OSS client and server. */
  inMemory: boolean;
  /** Calls that the OSS server counted. */
  requests: number;
  /** CPU time of the process that did it, user and system, without the OSS server. */
  cpuSeconds: number;
}
