import { clusterIdentity } from '../../operations/backup/cluster-identity';
import { ownNamespace } from '../../platform/kubernetes/own-account';
import type { Cluster } from '../../platform/kubernetes/port';
import { LifeboatError } from '../../platform/errors';
import type { Replication } from '../../formats/manifests/replication';
import { namedNamespaces } from '../../formats/manifests/unsigned-rule';
import type { RestoreRequest, RunRequest } from '../../formats/manifests/run';
import { judgeOrigin } from '../../operations/origin/origin';
import { openProved, type ProvedBackup } from '../../operations/origin/prove-backup';
import { deletionDoubt } from '../../operations/replication/deletion-doubt';
import { type ClusterUids, reasonNotToReplicate } from '../../operations/replication/fits-rule';
import { replicaLabel } from '../../operations/replication/replica-label';
import type { VaultBackup } from '../../operations/replication/vault-backup';
import { vaultBackupOf, surveyBackups } from '../../operations/replication/vault-backups';
import type { Replica } from '../../operations/restore/replica/replica';
import { defaultAccount } from '../../operations/rights/rbac-manifests';
import { markedBackups } from '../../formats/state/backup-marks';
import type { ObjectStore } from '../../platform/oss/port';
import { readManifestBytes } from '../../formats/vault/backup-manifest';
import { backupKeys } from '../../formats/vault/layout';
import { clusterUids } from '../clusters/cluster-uids';
import type { Installation } from '../installation';

/** The restore of a replication rule, and a backup that the rule takes. */
export interface OpenedReplica extends ProvedBackup {
  replica: Replica;
}

/** What a replica is opened with. */
interface ReplicaPlaces {
  vault: ObjectStore;
  cluster: Cluster;
  signal: AbortSignal;
  /** Reads the request of the run that has the backup's name. */
  requestOfBackup(): Promise<RunRequest | undefined>;
}

/**
 * What the restore of a replication rule works with: proved again by the worker, since the vault may have changed after it
 * was asked for. Throws `denied` or `invalid` with the reason where the rule does not allow it any more.
 */
export async function openReplica(
  installation: Installation,
  request: RestoreRequest & { replication: string },
  { vault, cluster, signal, requestOfBackup }: ReplicaPlaces,
): Promise<OpenedReplica> {
  const { state } = installation;
  const rule = await state.replications.find(request.replication);
  if (!rule) throw refused(`replication "${request.replication}" was deleted meanwhile`);
  const name = request.spec.backupName;
  const sources = { vaultName: request.vault, vault, state: state.store, request: requestOfBackup };
  const [bytes, head] = await Promise.all([
    readManifestBytes(vault, name),
    vault.head(backupKeys(name).manifest),
  ]);
  const found = await vaultBackupOf(sources, name, bytes, head?.lastModified ?? installation.clock.now());
  const uids = await clusterUids(installation);
  const reason = found ? reasonNotToReplicate(rule, found.backup, uids) : 'it is not complete any more';
  if (!found || reason !== undefined) {
    throw refused(`replication "${rule.metadata.name}" does not take backup "${name}": ${reason}`);
  }
  const { backup, manifest, proofs } = found;
  const { origin } = backup;
  const sourceUid = 'clusterUid' in origin ? origin.clusterUid : undefined;
  const targetUid = await identityOf(cluster, signal);
  if (sourceUid === targetUid) {
    throw refused(`cluster "${request.cluster}" is the very cluster that backup "${name}" was made of`);
  }
  // The rule has said what it trusts.
  const verdict = await judgeOrigin(origin, async () => true);
  return {
    ...openProved(vault, name, verdict, proofs),
    isOwn: origin.proof === 'committed',
    replica: {
      label: replicaLabel(installation.id, rule, sourceUid),
      targetUid,
      ...(sourceUid !== undefined && { sourceUid }),
      ...((origin.proof === 'none' || origin.proof === 'claimed') && {
        unsignedResources: rule.spec.unsignedResources ?? [],
        homeNamespaces: await homeNamespaces(rule, request, cluster, signal),
      }),
      ...(rule.spec.policy === 'mirror' && {
        mirror: {
          backupSpec: manifest.spec,
          doubt: await doubtOf(installation, rule, backup, vault, uids),
        },
      }),
    },
  };
}

/**
 * The namespaces that go where `cluster rbac` puts accounts by default, and where that of the target's own kubeconfig lies.
 * Throws `invalid` where the rule does not name a namespace that the restore was asked for with.
 */
async function homeNamespaces(
  rule: Replication,
  { spec }: RestoreRequest,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<string[]> {
  const named = namedNamespaces(rule);
  const asked = spec.includedNamespaces ?? ['*'];
  const other = asked.find((name) => !named.includes(name));
  if (other !== undefined) {
    throw refused(`replication "${rule.metadata.name}" does not name namespace "${other}" any more`);
  }
  const homes = [defaultAccount.home, await ownNamespace(cluster, signal)];
  const { namespaceMapping = {} } = spec;
  return asked.filter((name) =>
    homes.includes(Object.hasOwn(namespaceMapping, name) ? namespaceMapping[name] : name),
  );
}

async function doubtOf(
  { state }: Installation,
  rule: Replication,
  backup: VaultBackup,
  vault: ObjectStore,
  uids: ClusterUids,
): Promise<string | undefined> {
  const vaultName = rule.spec.source.vault;
  const { backups, failed } = await surveyBackups({ vaultName, vault, state: state.store });
  const unseen = failed[0];
  if (unseen) return `backup ${unseen.name} could not be looked at: ${unseen.reason}`;
  const accepted = await markedBackups(state.store, 'accepted', vaultName);
  const others = backups.filter(
    (other) => other.name !== backup.name && reasonNotToReplicate(rule, other, uids) === undefined,
  );
  return deletionDoubt(backup, [backup, ...others], accepted);
}

/** Without it nothing could be kept from going back to where it came from. */
async function identityOf(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const uid = await clusterIdentity(cluster, signal);
  if (uid !== '') return uid;
  throw new LifeboatError(
    'denied',
    `cluster "${cluster.name}": the credentials may not read namespace kube-system`,
    {
      hint: 'allow `get` on namespaces: without its uid the cluster cannot be told from the source',
    },
  );
}

function refused(message: string): LifeboatError {
  return new LifeboatError('invalid', message, { hint: 'see `lifeboat replication describe`' });
}
