import { type Replication, replicationSchema } from '../../manifests/replication';
import { refuseLoop } from '../../manifests/replication-loop';
import type { ObjectStore } from '../../../platform/oss/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `replications/<name>.json`. */
export function replications(store: ObjectStore): ManifestFolder<Replication> {
  const folder: ManifestFolder<Replication> = manifestFolder(store, {
    folder: 'replications/',
    word: 'replication',
    schema: replicationSchema,
    async admit(replication, was) {
      // Two that were made at one moment may close a loop: each can be paused all the same, and is looked at when it goes on.
      if (!was || !replication.spec.paused) await refuseLoopWithOthers(replication);
    },
  });

  async function refuseLoopWithOthers(replication: Replication): Promise<void> {
    const { items } = await folder.list();
    refuseLoop(
      replication,
      items.filter(({ metadata }) => metadata.name !== replication.metadata.name),
    );
  }

  return folder;
}
