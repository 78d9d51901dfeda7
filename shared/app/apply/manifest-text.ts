/** A manifest as a person or a program wrote it; its kind checks the rest. */
export interface ManifestText {
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
  /** `get` prints it; of this only the revision counts. */
  status?: unknown;
}

export interface ApplyTerms<T> {
  /** Checks the same and writes nothing. */
  dryRun?: boolean;
  /** Throws when the manifest that exists must not be replaced; is given undefined where a new one would be created. */
  allow?(now: T | undefined): void;
}

/** What applying did, or in a dry run would do. */
export interface Applied<T> {
  outcome: 'created' | 'configured' | 'unchanged';
  /** As it is stored, or would be. */
  manifest: T;
}
