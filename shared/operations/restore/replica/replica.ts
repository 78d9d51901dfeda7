import type { BackupSpec } from '../../../formats/manifests/velero';

/** What makes a restore the work of a replication rule; all of it proved before. */
export interface Replica {
  /** Names the rule, its installation and the source: what the rule creates is found by it. A label's value. */
  label: string;
  /** uid of the cluster that was backed up; absent where nothing proves it. */
  sourceUid?: string;
  /** uid of the cluster that is restored into. */
  targetUid: string;
  /** Set for a backup that nobody signed: the cluster-scoped resources and RBAC that come all the same, as `plural.group`. */
  unsignedResources?: readonly string[];
  /** Set beside it: namespaces of the backup that would go where the target has an account of Lifeboat. Nothing of them comes. */
  homeNamespaces?: readonly string[];
  /** Set for a mirror: what the rule created and the source no longer has is deleted. */
  mirror?: {
    /** What the backup was asked to hold: what it was not asked for is not gone. */
    backupSpec: BackupSpec;
    /** Why nothing is deleted this time. */
    doubt?: string;
  };
}
