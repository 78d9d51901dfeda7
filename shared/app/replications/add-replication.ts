import { LifeboatError } from '../../platform/errors';
import { overlaps } from '../../formats/manifests/selection/glob-overlap';
import type { Replication } from '../../formats/manifests/replication';
import { byFirstName, refuseLoop } from '../../formats/manifests/replication-loop';
import { namedNamespaces } from '../../formats/manifests/unsigned-rule';
import type { ClusterUids } from '../../operations/replication/fits-rule';
import { clusterUids } from '../clusters/cluster-uids';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * Makes a replication rule. Throws `invalid` naming the field, the loop it would close, or the target that is the source
 * itself, `not-found` naming the vault or cluster, `conflict` when the name is taken. A dry run checks the same and stores
 * nothing.
 */
export async function addReplication(
  installation: Installation,
  manifest: unknown,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<Replication> {
  const { state } = installation;
  const replication = state.replications.check(manifest);
  await assertReplication(installation, replication);
  if (dryRun) {
    await state.replications.assertAdmitted(replication);
    return replication;
  }
  const created = await state.replications.create(manifest);
  await record(installation, { action: 'create', what: 'replication', name: replication.metadata.name });
  return created;
}

/** Throws unless its vault and clusters are registered, no target is the source itself, and its fields go together. */
export async function assertReplication(installation: Installation, replication: Replication): Promise<void> {
  const { state } = installation;
  const { source, targets } = replication.spec;
  await state.vaults.get(source.vault);
  // The cluster of another installation is known by its uid alone.
  if (source.clusterUid === undefined) await state.clusters.get(source.cluster);
  for (const cluster of targets) await state.clusters.get(cluster);
  refuseIdleMapping(replication);
  namedNamespaces(replication);
  const uids = await clusterUids(installation);
  refuseOtherUid(replication, uids);
  refuseItself(replication, uids);
  // A loop may go through a cluster that is registered under two names.
  const others = (await state.replications.list()).items.filter(
    ({ metadata }) => metadata.name !== replication.metadata.name,
  );
  refuseLoop(
    byFirstName(replication, uids),
    others.map((other) => byFirstName(other, uids)),
  );
}

/** A mapping of what the rule does not take is a slip: the namespace would come under its own name. */
function refuseIdleMapping({ metadata, spec }: Replication): void {
  const { namespaceMapping = {}, source } = spec;
  const idle = Object.keys(namespaceMapping).find(
    (from) =>
      source.namespaces !== undefined && source.namespaces.length > 0 && !overlaps(source.namespaces, [from]),
  );
  if (idle === undefined) return;
  throw new LifeboatError(
    'invalid',
    `replication "${metadata.name}": maps namespace ${idle}, which it does not take`,
    { hint: 'correct the mapping, or add the namespace to spec.source.namespaces' },
  );
}

/** Where a uid is named it alone counts, so a name that means another cluster here would mislead. */
function refuseOtherUid({ metadata, spec }: Replication, uids: ClusterUids): void {
  const { cluster, clusterUid } = spec.source;
  const registered = uids.get(cluster);
  if (clusterUid === undefined || registered === undefined || registered === clusterUid) return;
  throw new LifeboatError(
    'invalid',
    `replication "${metadata.name}": cluster "${cluster}" is registered here with the uid ${registered}, not ${clusterUid}`,
    {
      hint: 'leave the uid out, or give the cluster of the other installation another name in spec.source.cluster',
    },
  );
}

/** A cluster may be registered under two names. */
function refuseItself({ metadata, spec }: Replication, uids: ClusterUids): void {
  const uid = spec.source.clusterUid ?? uids.get(spec.source.cluster);
  const itself = spec.targets.find((target) => uid !== undefined && uids.get(target) === uid);
  if (itself === undefined) return;
  throw new LifeboatError(
    'invalid',
    `replication "${metadata.name}": target "${itself}" is the source cluster itself, under another name`,
    { hint: 'take it out of spec.targets: both have the same kube-system namespace' },
  );
}
