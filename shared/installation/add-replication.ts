import type { Replication } from '../manifests/replication';
import type { Installation } from './installation';
import { record } from './record';

/**
 * Makes a replication rule. Throws `invalid` naming the field or the loop it would close, `not-found` naming the vault or
 * cluster, `conflict` when the name is taken.
 */
export async function addReplication(installation: Installation, manifest: unknown): Promise<Replication> {
  const { state } = installation;
  const { metadata, spec } = state.replications.check(manifest);
  await state.vaults.get(spec.source.vault);
  for (const cluster of [spec.source.cluster, ...spec.targets]) await state.clusters.get(cluster);
  const created = await state.replications.create(manifest);
  await record(installation, { action: 'create', what: 'replication', name: metadata.name });
  return created;
}
