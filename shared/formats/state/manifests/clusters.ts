import { type ClusterManifest, clusterSchema } from '../../manifests/cluster';
import type { ObjectStore } from '../../../platform/oss/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `clusters/<name>.json`: registered clusters, their kubeconfigs sealed. */
export function clusters(store: ObjectStore): ManifestFolder<ClusterManifest> {
  return manifestFolder(store, { folder: 'clusters/', word: 'cluster', schema: clusterSchema });
}
