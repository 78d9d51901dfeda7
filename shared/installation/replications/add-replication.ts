import { LifeboatError } from '../../errors';
import type { Replication } from '../../manifests/replication';
import { clusterUids } from '../clusters/cluster-uids';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * Makes a replication rule. Throws `invalid` naming the field, the loop it would close, or the target that is the source
 * itself, `not-found` naming the vault or cluster, `conflict` when the name is taken.
 */
export async function addReplication(installation: Installation, manifest: unknown): Promise<Replication> {
  const { state } = installation;
  const replication = state.replications.check(manifest);
  await assertReplication(installation, replication);
  const created = await state.replications.create(manifest);
  await record(installation, { action: 'create', what: 'replication', name: replication.metadata.name });
  return created;
}

/** Throws unless its vault and clusters are registered, and no target is the source itself. */
export async function assertReplication(installation: Installation, replication: Replication): Promise<void> {
  const { state } = installation;
  const { source, targets } = replication.spec;
  await state.vaults.get(source.vault);
  // The cluster of another installation is known by its uid alone.
  if (source.clusterUid === undefined) await state.clusters.get(source.cluster);
  for (const cluster of targets) await state.clusters.get(cluster);
  await refuseItself(installation, replication);
}

/** A cluster may be registered under two names. */
async function refuseItself(installation: Installation, { metadata, spec }: Replication): Promise<void> {
  const uids = await clusterUids(installation);
  const uid = spec.source.clusterUid ?? uids.get(spec.source.cluster);
  const itself = spec.targets.find((target) => uid !== undefined && uids.get(target) === uid);
  if (itself === undefined) return;
  throw new LifeboatError(
    'invalid',
    `replication "${metadata.name}": target "${itself}" is the source cluster itself, under another name`,
    { hint: 'take it out of spec.targets: both have the same kube-system namespace' },
  );
}
