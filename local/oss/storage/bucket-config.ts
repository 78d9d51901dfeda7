export type Versioning = 'Enabled' | 'Suspended';

export interface WormPolicy {
  id: string;
  state: 'InProgress' | 'Locked';
  days: number;
  /** ISO. */
  created: string;
}

/** What is kept about a bucket itself. */
export interface BucketConfig {
  name: string;
  /** ISO. */
  created: string;
  storageClass: string;
  /** Absent: never versioned, the only state in which x-oss-forbid-overwrite means anything. */
  versioning?: Versioning;
  worm?: WormPolicy;
  /** Configurations kept as they were sent, by subresource: lifecycle, encryption. */
  documents: Record<string, string>;
}
