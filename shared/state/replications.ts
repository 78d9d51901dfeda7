import { type Replication, replicationSchema } from '../manifests/replication';
import type { ObjectStore } from '../store/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `replications/<name>.json`. */
export function replications(store: ObjectStore): ManifestFolder<Replication> {
  return manifestFolder(store, { folder: 'replications/', word: 'replication', schema: replicationSchema });
}
