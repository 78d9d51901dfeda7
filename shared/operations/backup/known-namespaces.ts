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
import { selectsNamespacesByLabel } from '../../formats/manifests/selection/namespace-labels';
import type { BackupSpec } from '../../formats/manifests/velero';
import type { KnownNamespace } from './select-namespaces';

/** The namespaces of a cluster, as a backup knows them. */
export interface Known {
  namespaces: KnownNamespace[];
  /** True where the credentials may not list namespaces, so that others may exist. */
  unlisted: boolean;
}

/**
 * Lists the namespaces of a cluster. Where the credentials may not list them, reads each that the spec names, and for `*`,
 * patterns and label selectors each that the cluster is registered for; one that may not be read either counts as there.
 * @param own the namespaces that the cluster is registered for
 * @throws LifeboatError `denied` where the spec has a pattern or selects by label, and the cluster is registered for no namespaces
 */
export async function knownNamespaces(
  cluster: Cluster,
  spec: BackupSpec,
  { own = [], signal }: { own?: readonly string[]; signal: AbortSignal },
): Promise<Known> {
  try {
    const known: KnownNamespace[] = [];
    for await (const { items, restarted } of listPages(cluster, namespaceResource, { signal })) {
      if (restarted) known.length = 0;
      for (const item of items) known.push(...knownFrom(item));
    }
    return { namespaces: known, unlisted: false };
  } catch (error) {
    const named = spec.includedNamespaces ?? [];
    const hasPattern = named.length === 0 || named.some(isPattern) || selectsNamespacesByLabel(spec);
    if (!isRefusedByRbac(error) || (hasPattern && own.length === 0)) throw error;
    // Those that are left out too: whether they are there tells a name from a slip.
    const names = [...named, ...(spec.excludedNamespaces ?? [])].filter((name) => !isPattern(name));
    const asked = [...new Set([...names, ...(hasPattern ? own : [])])];
    const got = await Promise.all(asked.map((name) => getNamespace(cluster, name, signal)));
    return { namespaces: got.flat(), unlisted: true };
  }
}

async function getNamespace(cluster: Cluster, name: string, signal: AbortSignal): Promise<KnownNamespace[]> {
  const path = objectPath(namespaceResource, undefined, name);
  const response = await askObject(cluster, { method: 'GET', path, signal }, 'Namespace');
  if (response.status === 200) return knownFrom(completeItem(response.body, 'v1', 'Namespace'));
  if (response.status === 404) return [];
  const status = statusOf(response);
  if (saysRefusedByRbac(status)) return [{ meta: { name }, active: true, unread: true }];
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
