import { clusterIdentity } from '../backup/cluster-identity';
import { connect } from '../cluster/connection';
import { sanitiseKubeconfig } from '../cluster/kubeconfig';
import { supportedVersion } from '../cluster/server-version';
import type { ClusterManifest } from '../manifests/cluster';
import { labelsSchema } from '../manifests/metadata';
import { assertName } from '../manifests/names';
import { parse } from '../manifests/parse';
import type { Installation } from './installation';
import { registerCluster } from './open-cluster';
import { record } from './record';

/** A cluster to be registered: the text of its kubeconfig, hostile until proved otherwise. */
export interface ClusterToAdd {
  name: string;
  /** YAML or JSON. */
  kubeconfig: string;
  /** Default: the kubeconfig's current-context. */
  context?: string;
  /** By which schedules select it. */
  labels?: Record<string, string>;
}

/**
 * Registers a cluster once its connection has been tried: nothing is stored for a kubeconfig that is refused or a server
 * that does not answer. Throws `invalid` or `denied` naming the field, `unavailable`, or `conflict` when the name is taken.
 */
export async function addCluster(
  installation: Installation,
  { name, kubeconfig, context, labels }: ClusterToAdd,
): Promise<ClusterManifest> {
  assertName('cluster', name);
  if (labels) parse(labelsSchema, labels, `the labels of cluster "${name}"`);
  const { settings, clock, random, log } = installation;
  const sanitised = sanitiseKubeconfig(kubeconfig, { allowLoopback: settings.local, context });
  const cluster = await connect(name, sanitised, { clock, random, log }, { allowLoopback: settings.local });
  try {
    const serverVersion = await supportedVersion(cluster);
    const uid = await clusterIdentity(cluster, new AbortController().signal);
    const known = { serverVersion, ...(uid && { uid }), ...(labels && { labels }) };
    const registered = await registerCluster(name, sanitised, installation, known);
    await record(installation, { action: 'create', what: 'cluster', name });
    return registered;
  } finally {
    cluster.close();
  }
}
