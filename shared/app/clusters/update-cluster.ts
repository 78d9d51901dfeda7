import { LifeboatError } from '../../platform/errors';
import { assertName } from '../../platform/input/names';
import type { AddedCluster } from './add-cluster';
import type { Installation } from '../installation';
import { record } from '../record';
import { type GivenCredentials, tryCredentials } from './try-credentials';

/**
 * Gives a registered cluster other credentials, perhaps at another address: they must lead to the same cluster. What was
 * there before stays until the new ones have been tried. Throws `not-found`, and as `addCluster` does; `denied` when another
 * cluster answers; `conflict` when another cluster was registered under the name meanwhile.
 */
export async function updateCredentials(
  installation: Installation,
  name: string,
  given: GivenCredentials,
): Promise<AddedCluster> {
  const { clusters } = installation.state;
  const { uid, namespaces } = (await clusters.get(name)).spec;
  const wanted = given.serviceAccount ? given : { namespaces, ...given };
  const { spec, status, ...tried } = await tryCredentials(installation, name, wanted, uid);
  // That took seconds: labels and network may have been changed meanwhile.
  const cluster = await clusters.change(
    name,
    ({ kind, metadata, spec: { network } }) => ({
      kind,
      metadata,
      spec: { ...spec, ...(network && { network }) },
      status,
    }),
    ({ spec: now }) => {
      if (now.uid !== undefined && now.uid !== spec.uid) throw otherCluster(name);
    },
  );
  await record(installation, { action: 'update credentials', what: 'cluster', name });
  return { cluster, ...tried };
}

function otherCluster(name: string): LifeboatError {
  return new LifeboatError(
    'conflict',
    `cluster "${name}" was registered again as another cluster meanwhile`,
    {
      hint: 'look which cluster it is now, and do it again',
    },
  );
}

/** Says from which network a cluster is reached; undefined for the default one. Fine when it is so already. Throws `not-found`, `invalid`. */
export async function setNetwork(
  installation: Installation,
  name: string,
  network: string | undefined,
): Promise<void> {
  if (network !== undefined) assertName('network', network);
  const { clusters } = installation.state;
  if ((await clusters.get(name)).spec.network === network) return;
  await clusters.change(name, ({ spec: { network: _, ...others }, ...manifest }) => ({
    ...manifest,
    spec: { ...others, ...(network !== undefined && { network }) },
  }));
  await record(installation, { action: 'set network', what: 'cluster', name });
}
