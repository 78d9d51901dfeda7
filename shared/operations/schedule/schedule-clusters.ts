import type { ClusterManifest } from '../../formats/manifests/cluster';
import { matchesSelector } from '../../formats/manifests/selection/label-match';
import type { Schedule } from '../../formats/manifests/schedule';

/** The names of the clusters that a schedule backs up: those it names, else the registered ones that its selector matches. */
export function scheduleClusters(
  { spec }: Schedule,
  registered: readonly Pick<ClusterManifest, 'metadata'>[],
): string[] {
  const { clusters, clusterSelector } = spec;
  if (!clusterSelector) return clusters;
  return registered
    .filter(({ metadata }) => matchesSelector(clusterSelector, metadata.labels))
    .map(({ metadata }) => metadata.name);
}
