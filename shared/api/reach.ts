import { LifeboatError } from '../errors';
import type { Installation } from '../installation/installation';
import type { RunRequest } from '../manifests/run';
import type { Replication } from '../manifests/replication';
import type { Schedule } from '../manifests/schedule';
import { findRequest } from '../state/run/requests';
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
  /** Of a restore or its plan: its target, and the cluster that its backup is of; of a copy: that of its backup. */
  run(request: RunRequest): Promise<boolean>;
  /** A backup by its vault: the cluster it is of is known for those that this installation made. */
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

export function reachOf({ clusters }: Pick<Caller, 'clusters'>, { state }: Installation): Reach {
  const everything = clusters === undefined;
  const within = (name: string) => everything || clusters.includes(name);
  const backup = async (vault: string, name: string) => {
    if (everything) return true;
    const request = await findRequest(state.store, { kind: 'backups', name }).catch(() => undefined);
    return request?.kind === 'BackupRequest' && request.vault === vault && within(request.cluster);
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
          return within(request.cluster) && backup(request.vault, request.spec.backupName);
        case 'CopyRequest':
          return backup(request.from, request.backup);
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
