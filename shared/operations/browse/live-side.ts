import { type ApiResource, apiVersion, groupOf, groupResource } from '../../platform/kubernetes/api-resource';
import { listEverywhere } from '../../platform/kubernetes/list-everywhere';
import type { Cluster } from '../../platform/kubernetes/port';
import type { BackupTree, TreeKind } from './backup-tree';
import type { DiffSide } from './backup-diff';

/**
 * What a cluster holds of the kinds that a backup holds, in the versions in which the backup has them where the cluster
 * serves those. Kinds that the cluster does not serve have no objects in it.
 * @param served every version of every resource
 */
export function liveSide(cluster: Cluster, served: readonly ApiResource[], tree: BackupTree): DiffSide {
  const resources = resourcesOf(tree, served);
  const namespaces = tree.namespaces.map(({ name }) => name);
  return {
    async read(visit, wanted) {
      for (const resource of resources) {
        const name = groupResource(resource);
        if (wanted && !wanted.has(name)) continue;
        for await (const page of listEverywhere(cluster, resource, namespaces)) {
          for (const item of page.items) {
            if (item.name === undefined) continue;
            const { namespace } = item;
            visit({
              groupResource: name,
              ...(namespace !== undefined && { namespace }),
              name: item.name,
              // Items of a page share its memory.
              body: Buffer.from(item.json),
            });
          }
        }
      }
    },
  };
}

function resourcesOf(tree: BackupTree, served: readonly ApiResource[]): ApiResource[] {
  const kinds = [...tree.namespaces.flatMap((namespace) => namespace.kinds), ...tree.clusterScoped.kinds];
  const found = new Map<string, ApiResource>();
  for (const kind of kinds) {
    const resource = servedAs(kind, served);
    if (resource) found.set(groupResource(resource), resource);
  }
  return [...found.values()];
}

function servedAs(kind: TreeKind, served: readonly ApiResource[]): ApiResource | undefined {
  const group = groupOf(kind.apiVersion);
  const same = served.filter((one) => one.group === group && one.kind === kind.kind);
  return same.find((one) => apiVersion(one) === kind.apiVersion) ?? same.find(({ preferred }) => preferred);
}
