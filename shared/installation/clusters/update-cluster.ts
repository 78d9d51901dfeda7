import { assertName } from '../../manifests/names';
import type { AddedCluster } from './add-cluster';
import type { Installation } from '../installation';
import { record } from '../record';
import { type GivenCredentials, tryCredentials } from './try-credentials';

/**
 * Gives a registered cluster other credentials, perhaps at another address: they must lead to the same cluster. What was
 * there before stays until the new ones have been tried. Throws `not-found`, and as `addCluster` does; `denied` when another
 * cluster answers.
 */
export async function updateCredentials(
  installation: Installation,
  name: string,
  given: GivenCredentials,
): Promise<AddedCluster> {
  const { clusters } = installation.state;
  const { uid } = (await clusters.get(name)).spec;
  const { spec, status, ...tried } = await tryCredentials(installation, name, given, uid);
  // That took seconds: labels and network may have been changed meanwhile.
  const { metadata, spec: before } = await clusters.get(name);
  const { network } = before;
  const cluster = await clusters.save({
    kind: 'Cluster',
    metadata,
    spec: { ...spec, ...(network && { network }) },
    status,
  });
  await record(installation, { action: 'update credentials', what: 'cluster', name });
  return { cluster, ...tried };
}

/** Says from which network a cluster is reached; undefined for the default one. Fine when it is so already. Throws `not-found`, `invalid`. */
export async function setNetwork(
  installation: Installation,
  name: string,
  network: string | undefined,
): Promise<void> {
  if (network !== undefined) assertName('network', network);
  const { clusters } = installation.state;
  const { spec, ...manifest } = await clusters.get(name);
  const { network: before, ...others } = spec;
  if (before === network) return;
  await clusters.save({ ...manifest, spec: { ...others, ...(network !== undefined && { network }) } });
  await record(installation, { action: 'set network', what: 'cluster', name });
}
