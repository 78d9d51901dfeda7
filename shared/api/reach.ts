import { isUnreadable, LifeboatError } from '../platform/errors';
import { committedBackup, holdsCommitted } from '../app/backups/committed-backup';
import type { Installation } from '../app/installation';
import type { RunRequest } from '../formats/manifests/run';
import type { Replication } from '../formats/manifests/replication';
import type { Schedule } from '../formats/manifests/schedule';
import type { Caller } from './caller';

/**
 * Which clusters a caller may touch. What concerns a cluster out of reach, or one that is not known, is not there for a
 * caller with a scope; to name such a cluster in a request is `denied`.
 */
export interface Reach {
  /** True where nothing is out of reach. */
  everything: boolean;
  cluster(name: string): boolean;
  schedule(schedule: Schedule): boolean;
  replication(rule: Replication): boolean;
  /**
   * Of a backup: the cluster that it was asked for; this gives reach of the run alone. Of a restore or its plan: its target, and
   * the cluster that its backup was committed of; of a copy: that of its backup.
   */
  run(request: RunRequest): Promise<boolean>;
  /**
   * A backup in a vault: one that this installation committed, of a cluster within reach, and whose manifest there is the
   * committed one. A request gives no reach, nor does a failed run.
   */
  backup(vault: string, name: string): Promise<boolean>;
  /** Throws `denied` unless a backup is of a cluster within reach. */
  assertBackup(vault: string, name: string): Promise<void>;
  /** Throws `denied` unless a restore is within reach on both sides. */
  assertRestore(request: { cluster: string; vault: string; spec: { backupName: string } }): Promise<void>;
  /** Throws `denied` naming the first cluster out of reach. */
  assertClusters(names: readonly string[]): void;
  /** Throws `denied` for callers with a scope. */
  assertEverything(what: string): void;
}

export function reachOf({ clusters }: Pick<Caller, 'clusters'>, installation: Installation): Reach {
  const { store } = installation.state;
  const everything = clusters === undefined;
  const within = (name: string) => everything || clusters.includes(name);
  const backup = async (vault: string, name: string) => {
    if (everything) return true;
    const committed = await committedWithin(vault, name);
    return committed !== undefined && holdsCommitted(await installation.openVault(vault), committed);
  };
  /** Outlives the backup itself: it is asked about the runs that read the backup once. */
  const committedWithin = async (vault: string, name: string) => {
    const committed = await committedBackup(store, name).catch(unlessUnreadable);
    if (!committed || committed.request.vault !== vault || !within(committed.request.cluster))
      return undefined;
    return committed;
  };
  return {
    everything,
    cluster: within,
    schedule: ({ spec }) => everything || (spec.clusters.length > 0 && spec.clusters.every(within)),
    replication: ({ spec: { source, targets } }) =>
      everything || (source.clusterUid === undefined && [source.cluster, ...targets].every(within)),
    async run(request) {
      if (everything) return true;
      switch (request.kind) {
        case 'BackupRequest':
          return within(request.cluster);
        case 'RestoreRequest':
        case 'PlanRequest':
          return (
            within(request.cluster) &&
            (await committedWithin(request.vault, request.spec.backupName)) !== undefined
          );
        case 'CopyRequest':
          return (await committedWithin(request.from, request.backup)) !== undefined;
      }
    },
    backup,
    async assertBackup(vault, name) {
      if (await backup(vault, name)) return;
      throw new LifeboatError('denied', `the token does not reach the cluster of backup "${name}"`, {
        hint: 'use one that reaches the cluster that the backup is of',
      });
    },
    async assertRestore(request) {
      this.assertClusters([request.cluster]);
      await this.assertBackup(request.vault, request.spec.backupName);
    },
    assertClusters(names) {
      const out = names.find((name) => !within(name));
      if (out === undefined) return;
      throw new LifeboatError('denied', `the token does not reach cluster "${out}"`, {
        hint: `it reaches ${clusters?.join(', ')}`,
      });
    },
    assertEverything(what) {
      if (everything) return;
      throw new LifeboatError('denied', `${what} concerns more than the clusters that the token reaches`, {
        hint: 'use a token without --clusters',
      });
    },
  };
}

/** What the state holds of it cannot be understood: then it gives no reach. */
function unlessUnreadable(error: unknown): undefined {
  if (isUnreadable(error)) return undefined;
  throw error;
}
