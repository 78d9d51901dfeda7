import type { ClusterManifest } from '../../formats/manifests/cluster';
import { clusterList, shownCluster } from '../answers/manifests';
import type { Route } from '../route';
import { readRoutes } from './manifest-routes';

/** Clusters are registered at the command line: a kubeconfig travels to no function but the workers, and sealed. */
export const clusterRoutes: Route[] = readRoutes<ClusterManifest>({
  path: '/clusters',
  word: 'Cluster',
  tag: 'Clusters',
  item: shownCluster,
  list: clusterList,
  folder: (state) => state.clusters,
  visible: ({ reach }, { metadata }) => reach.cluster(metadata.name),
  async shown({ reach }, clusters) {
    if (reach.everything) return clusters;
    return clusters.map(({ kind, metadata, spec: { serverVersion }, status }) => ({
      kind,
      metadata,
      spec: { ...(serverVersion !== undefined && { serverVersion }) },
      ...(status && { status }),
    }));
  },
});
