import type { ClusterManifest } from '../../formats/manifests/cluster';
import { withLabelTimes } from '../../formats/manifests/selection/labelled-at';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * Sets labels of a registered cluster, by which schedules select it; one that is undefined is taken away. Throws
 * `not-found`, or `invalid` naming the label.
 */
export async function labelCluster(
  installation: Installation,
  name: string,
  labels: Record<string, string | undefined>,
): Promise<ClusterManifest> {
  const { state, clock } = installation;
  const saved = await state.clusters.change(name, ({ metadata, ...rest }) => {
    const before = metadata.labels ?? {};
    const merged: Record<string, string> = {};
    for (const [label, value] of Object.entries({ ...before, ...labels }))
      if (value !== undefined) merged[label] = value;
    const annotations = withLabelTimes(metadata, before, merged, clock.now());
    return { ...rest, metadata: { ...metadata, labels: merged, annotations } };
  });
  await record(installation, { action: 'label', what: 'cluster', name });
  return saved;
}
