import type { ClusterManifest } from '../manifests/cluster';
import type { Installation } from './installation';
import { record } from './record';

/**
 * Sets labels of a registered cluster, by which schedules select it; one that is undefined is taken away. Throws
 * `not-found`, or `invalid` naming the label.
 */
export async function labelCluster(
  installation: Installation,
  name: string,
  labels: Record<string, string | undefined>,
): Promise<ClusterManifest> {
  const { clusters } = installation.state;
  const cluster = await clusters.get(name);
  const merged = Object.fromEntries(
    Object.entries({ ...cluster.metadata.labels, ...labels }).filter(([, value]) => value !== undefined),
  );
  const saved = await clusters.save({ ...cluster, metadata: { ...cluster.metadata, labels: merged } });
  await record(installation, { action: 'label', what: 'cluster', name });
  return saved;
}
