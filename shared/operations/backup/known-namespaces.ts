import { objectPath } from '../../platform/kubernetes/api-path';
import { askObject } from '../../platform/kubernetes/believe';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { listPages } from '../../platform/kubernetes/list';
import { completeItem, type ListedItem } from '../../platform/kubernetes/listed-item';
import { namespaceResource } from '../../platform/kubernetes/namespace-resource';
import type { Cluster } from '../../platform/kubernetes/port';
import {
  errorOfStatus,
  isRefusedByRbac,
  saysRefusedByRbac,
  statusOf,
} from '../../platform/kubernetes/status';
import { isPattern } from '../../formats/manifests/selection/glob';
import type { BackupSpec } from '../../formats/manifests/velero';
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
      for (const item of items) known.push(...knownFrom(item));
    }
    return known;
  } catch (error) {
    const named = spec.includedNamespaces ?? [];
    if (
      !isRefusedByRbac(error) ||
      named.length === 0 ||
      named.some((name) => name === '*' || isPattern(name))
    )
      throw error;
    // Those that are left out too: whether they are there tells a name from a slip.
    const leftOut = (spec.excludedNamespaces ?? []).filter((name) => !isPattern(name));
    const got = await Promise.all([...named, ...leftOut].map((name) => getNamespace(cluster, name, signal)));
    return got.flat();
  }
}

async function getNamespace(cluster: Cluster, name: string, signal: AbortSignal): Promise<KnownNamespace[]> {
  const path = objectPath(namespaceResource, undefined, name);
  const response = await askObject(cluster, { method: 'GET', path, signal }, 'Namespace');
  if (response.status === 200) return knownFrom(completeItem(response.body, 'v1', 'Namespace'));
  if (response.status === 404) return [];
  const status = statusOf(response);
  if (saysRefusedByRbac(status)) return [{ meta: { name }, active: true }];
  throw errorOfStatus(status, `cluster "${cluster.name}": namespace ${name}`);
}

/** None of an object without a name: it is named as missing when it is to be archived, as one that is not JSON is. */
function knownFrom({ name, labels, json }: ListedItem): KnownNamespace[] {
  return name === undefined ? [] : [{ meta: { name, labels }, active: isActive(json) }];
}

function isActive(json: Buffer): boolean {
  try {
    return (JSON.parse(json.toString('utf8')) as KubeObject).status?.phase === 'Active';
  } catch {
    return true;
  }
}
