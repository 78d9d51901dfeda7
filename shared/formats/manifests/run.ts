import type { Conflicts } from './conflict-policy';
import type { OriginVerdict } from './origin-verdict';
import type { Retention } from './retention';
import type { Transforms } from './modifiers/transforms';
import type { BackupSpec, RestoreSpec } from './velero';

/** The kinds of runs; also the folder names under `runs/` and `open/`. */
export type RunKind = 'backups' | 'restores' | 'plans' | 'copies';

/** `runs/backups/<name>/request.json`: the intent, create-only. */
export interface BackupRequest {
  kind: 'BackupRequest';
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  /** Registered cluster to back up. */
  cluster: string;
  /** Vault that takes it. */
  vault: string;
  spec: BackupSpec;
  /**
   * Set by a schedule: its name and the slot it is for (RFC 3339 UTC). Its rules, with the time zone they count in, go on
   * when the schedule itself is gone.
   */
  schedule?: {
    name: string;
    slot: string;
    timeZone?: string;
    retention?: Retention;
    /** Vaults that it is copied to once it is in its own. */
    copies?: string[];
  };
  /** Under legal hold from its first moment: why. */
  hold?: string;
}

/** `runs/restores/<name>/request.json`: the intent, create-only. */
export interface RestoreRequest {
  kind: 'RestoreRequest';
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  /** Registered cluster to restore into. */
  cluster: string;
  /** Vault that holds the backup. */
  vault: string;
  spec: RestoreSpec;
  /** Only this object, read by range from a backup of ours. */
  object?: { resource: string; namespace?: string; name: string };
  /** An admin takes the backup of this name, the one that is restored, although it cannot be proved. */
  unproved?: string;
  /**
   * CSI snapshots that a person allows, by `namespace/claim` of the backup: the handle. What this installation took itself
   * needs none.
   */
  snapshotHandles?: Record<string, string>;
  /** Claims may come back empty: without it, a claim without its data is an error. */
  allowEmptyVolumes?: boolean;
  /** How long it waits in all for webhooks, CRDs and the like, as Go writes it; 10m0s without it. */
  resourceTimeout?: string;
  /** What is done to objects that exist; without it `existingResourcePolicy` says. */
  conflicts?: Conflicts;
  /** What is changed of the objects. */
  transforms?: Transforms;
  /**
   * Only what this plan showed is done, the one that a run made, else the `plan.json.gz` beside the request: SHA-256 of its
   * objects (restore/plan/plan-lines.ts), and whether drift ends the restore.
   */
  plan?: { run?: string; sha256: string; failOnDrift?: boolean };
  /** Set by a replication rule: its name. The worker proves the backup again before it believes it. */
  replication?: string;
}

/** `runs/plans/<name>/request.json`: the intent, create-only. What a restore would be asked for with. */
export interface PlanRequest extends Omit<RestoreRequest, 'kind' | 'plan' | 'replication'> {
  kind: 'PlanRequest';
}

/** `runs/copies/<name>/request.json`: the intent, create-only. */
export interface CopyRequest {
  kind: 'CopyRequest';
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  /** Name of the backup, Velero's too. */
  backup: string;
  /** Vault that holds it. */
  from: string;
  /** Vault that takes the copy. */
  vault: string;
  /** An admin has the backup of this name copied although it cannot be proved. */
  unproved?: string;
  /** Set where the schedule of the backup asks for it: its name. */
  schedule?: string;
}

export type RunRequest = BackupRequest | RestoreRequest | PlanRequest | CopyRequest;

/**
 * What retention has to know of a backup that was committed. The worker writes it beside the outcome of the run, from its own
 * request and from what OSS answered to its own writes, so that retention reads one object of the state instead of three, and
 * nothing but the manifest in the vault.
 */
export interface CommittedFacts {
  /** RFC 3339, by OSS's time. */
  committedAt: string;
  vault: string;
  cluster: string;
  schedule?: BackupRequest['schedule'];
  manifest: { sha256: string };
  archive: { size: number; crc64: string; etag?: string };
  catalogue: {
    sha256: string;
    etag?: string;
    /** That the catalogue names. */
    clusterUid?: string;
  };
}

/** `runs/<kind>/<name>/result.json`: the outcome, create-only. */
export interface RunResult {
  kind: 'RunResult';
  phase: 'Completed' | 'PartiallyFailed' | 'Failed';
  /** Why it failed; one line. */
  reason?: string;
  startTimestamp: string;
  completionTimestamp: string;
  errors: number;
  warnings: number;
  /** Objects backed up, or created, updated, found equal and so on by a restore; by action in a plan; objects and bytes of a copy. */
  counts: Record<string, number>;
  attempts: number;
  /** Of a restore and a copy: whose backup it was, and what proved it. */
  origin?: OriginVerdict;
  /** Failed because somebody wanted it to end. */
  cancelled?: boolean;
  /** Of a backup that is in its vault. Readers of outcomes pass over it (`committed-facts.ts`). */
  committed?: CommittedFacts;
}

/** `runs/<kind>/<name>/progress.json`: overwritten, decides nothing. */
export interface RunProgress {
  phase: string;
  done: number;
  total?: number;
  /** True where the total is that of an earlier run, or a guess from the lists that were begun. */
  estimated?: boolean;
  /** Of this stage, at the rate so far. */
  secondsLeft?: number;
  message?: string;
  /** RFC 3339. */
  at: string;
}
