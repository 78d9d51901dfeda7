import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { BackupSpec } from '../../formats/manifests/velero';
import type { ItemRef } from '../../formats/vault/archive-types';
import type { BackupTree } from './backup-tree';
import { madeByPeople } from './made-by-people';

/** What a person narrows a diff to. */
export interface DiffScope {
  namespaces?: readonly string[];
  /** Also what clusters and controllers make by themselves. */
  all?: boolean;
}

/** Which objects of two backups are compared. */
export function diffScope({
  namespaces,
  all = false,
}: DiffScope): (item: ItemRef, object: KubeObject) => boolean {
  const only = namespaces && new Set(namespaces);
  return (item, object) =>
    (only === undefined || (item.namespace !== undefined && only.has(item.namespace))) &&
    (all || madeByPeople(item, object));
}

/**
 * Which objects of a backup and a cluster are compared. What the cluster has beyond the backup counts only in namespaces that
 * the backup holds, and only where the backup took everything in them: other objects were never asked for.
 */
export function liveScope(
  tree: BackupTree,
  spec: BackupSpec,
  scope: DiffScope,
): (item: ItemRef, object: KubeObject) => boolean {
  const wants = diffScope(scope);
  const namespaces = new Set(tree.namespaces.map(({ name }) => name));
  const held = new Set<string>();
  const hold = (namespace: string, kinds: BackupTree['clusterScoped']['kinds']) => {
    for (const { kind, objects } of kinds)
      for (const name of objects) held.add(`${kind}/${namespace}/${name}`);
  };
  for (const { name, kinds } of tree.namespaces) hold(name, kinds);
  hold('', tree.clusterScoped.kinds);
  const whole = !spec.labelSelector && !spec.orLabelSelectors?.length;
  return (item, object) => {
    const isHeld = held.has(`${object.kind ?? ''}/${item.namespace ?? ''}/${item.name}`);
    const isBeside = whole && item.namespace !== undefined && namespaces.has(item.namespace);
    return (isHeld || isBeside) && wants(item, object);
  };
}
