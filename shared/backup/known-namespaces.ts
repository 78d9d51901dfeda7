import { objectPath } from '../cluster/api-path';
import type { KubeObject } from '../cluster/kube-object';
import { listPages } from '../cluster/list';
import { namespaceResource } from '../cluster/namespace-resource';
import type { Cluster } from '../cluster/port';
import { errorOfStatus, statusOf } from '../cluster/status';
import { isKind } from '../errors';
import type { BackupSpec } from '../manifests/velero';
import { isPattern } from '../manifests/glob';
import type { KnownNamespace } from './select-namespaces';

/**
 * The namespaces of a cluster. Credentials that may not list them need the backup to name each; then those are asked for,
 * and one that may not even be got counts as there. Throws `denied` when that cannot be.
 */
export async function knownNamespaces(
  cluster: Cluster,
  spec: BackupSpec,
  signal: AbortSignal,
): Promise<KnownNamespace[]> {
  try {
    const known: KnownNamespace[] = [];
    for await (const { items, restarted } of listPages(cluster, namespaceResource, { signal })) {
      if (restarted) known.length = 0;
      for (const { json } of items) known.push(knownFrom(json));
    }
    return known;
  } catch (error) {
    const named = spec.includedNamespaces ?? [];
    if (
      !isKind(error, 'denied') ||
      named.length === 0 ||
      named.some((name) => name === '*' || isPattern(name))
    )
      throw error;
    const got = await Promise.all(named.map((name) => getNamespace(cluster, name, signal)));
    return got.filter((one) => one !== undefined);
  }
}

async function getNamespace(
  cluster: Cluster,
  name: string,
  signal: AbortSignal,
): Promise<KnownNamespace | undefined> {
  const response = await cluster.request({
    method: 'GET',
    path: objectPath(namespaceResource, undefined, name),
    signal,
  });
  if (response.status === 200) return knownFrom(response.body);
  if (response.status === 404) return undefined;
  if (response.status === 403) return { meta: { name }, active: true };
  throw errorOfStatus(statusOf(response), `cluster "${cluster.name}": namespace ${name}`);
}

function knownFrom(body: Buffer): KnownNamespace {
  const { metadata, status } = JSON.parse(body.toString('utf8')) as KubeObject;
  return { meta: { name: metadata.name, labels: metadata.labels }, active: status?.phase === 'Active' };
}
