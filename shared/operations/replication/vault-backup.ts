import type { Origin } from '../origin/origin';

/** A backup that stands complete in a vault, as replication sees it. */
export interface VaultBackup {
  name: string;
  /** `Completed` or `PartiallyFailed`. */
  phase: string;
  /** The moment as of which it holds the source, RFC 3339: its start, or where that lies ahead OSS's time of its manifest. */
  at: string;
  items: number;
  /** By its label; believed where the backup is proved. */
  schedule?: string;
  /** What it was asked to hold: backups of one scope can be measured against each other. */
  scope: string;
  /** Namespaces that it was asked for, names and patterns; absent for all. */
  namespaces?: string[];
  origin: Origin;
}
