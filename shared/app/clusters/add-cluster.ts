import { LifeboatError } from '../../platform/errors';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import { withLabelTimes } from '../../formats/manifests/selection/labelled-at';
import { labelsSchema } from '../../formats/manifests/metadata';
import { assertName } from '../../platform/input/names';
import { parse } from '../../platform/input/parse';
import type { Installation } from '../installation';
import { clusterUids } from './cluster-uids';
import { record } from '../record';
import { type GivenCredentials, type TriedCredentials, tryCredentials } from './try-credentials';

/** A cluster to be registered. */
export interface ClusterToAdd extends GivenCredentials {
  name: string;
  /** By which schedules select it. */
  labels?: Record<string, string>;
  /** Which set of workers reaches it. */
  network?: string;
}

/** A registered cluster, with what was learnt of its credentials. */
export type AddedCluster = Pick<TriedCredentials, 'rights' | 'ends' | 'made'> & {
  cluster: ClusterManifest;
  /** Other names under which the same cluster is registered. */
  sameAs?: string[];
};

/**
 * Registers a cluster once its connection has been tried: nothing is stored for a kubeconfig that is refused or a server
 * that does not answer or is too old. Throws `invalid` or `denied` naming the field, `unavailable`, or `conflict` when the
 * name is taken.
 */
export async function addCluster(
  installation: Installation,
  { name, labels, network, ...given }: ClusterToAdd,
): Promise<AddedCluster> {
  assertName('cluster', name);
  if (network !== undefined) assertName('network', network);
  if (labels) parse(labelsSchema, labels, `the labels of cluster "${name}"`);
  const { clusters } = installation.state;
  // Before anything is made in the cluster.
  if (await clusters.find(name)) {
    throw new LifeboatError('conflict', `cluster "${name}" exists already`, {
      hint: `choose another name, or give it other credentials with \`lifeboat cluster update ${name}\``,
    });
  }
  const { spec, status, ...tried } = await tryCredentials(installation, name, given);
  const cluster = await clusters.create({
    kind: 'Cluster',
    metadata: {
      name,
      ...(labels && { labels }),
      annotations: withLabelTimes({}, undefined, labels, installation.clock.now()),
    },
    spec: { ...spec, ...(network && { network }) },
    status,
  });
  await record(installation, { action: 'create', what: 'cluster', name });
  return { cluster, ...tried, sameAs: await otherNamesOf(installation, cluster) };
}

async function otherNamesOf(
  installation: Installation,
  { metadata, spec }: ClusterManifest,
): Promise<string[]> {
  if (spec.uid === undefined) return [];
  const uids = await clusterUids(installation);
  return [...uids].flatMap(([name, uid]) => (uid === spec.uid && name !== metadata.name ? [name] : []));
}
