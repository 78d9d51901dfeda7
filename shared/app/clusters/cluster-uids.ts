import type { ClusterUids } from '../../operations/replication/fits-rule';
import type { Installation } from '../installation';

/** The uids of the registered clusters, as far as they are known. */
export async function clusterUids({ state }: Installation): Promise<ClusterUids> {
  const { items } = await state.clusters.list();
  return new Map(
    items.flatMap(({ metadata, spec }) =>
      spec.uid === undefined ? [] : [[metadata.name, spec.uid] as const],
    ),
  );
}
