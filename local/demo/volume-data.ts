import type { RunResult } from '../../shared/formats/manifests/run';
import type { Snapshot } from '../proof/snapshot';
import type { Mark } from './demo-row';

/**
 * Returns what became of the data in the application's volumes: a claim has it only if it is bound to the volume that it had.
 * @param restored the result of the restore, which names each claim that came back without its data
 */
export function volumeDataRow(
  before: Snapshot,
  after: Snapshot,
  restored: Pick<RunResult, 'errors' | 'warnings'>,
): { mark: Mark; detail: string } {
  const volumes = volumesOf(before);
  if (volumes.size === 0)
    return { mark: 'no', detail: 'no claim had a volume: there was no data to bring back' };
  const now = volumesOf(after);
  const lost = [...volumes].filter(([claim, volume]) => now.get(claim) !== volume).length;
  if (lost === 0) return { mark: 'yes', detail: `${volumes.size} claims have their volumes` };
  const said = restored.errors + restored.warnings >= lost;
  return {
    mark: said ? 'no' : 'FAILED',
    detail: said
      ? `${lost} of ${volumes.size} claims came back empty, and the restore says so`
      : `${lost} of ${volumes.size} claims came back empty, and the restore does not say so of each`,
  };
}

function volumesOf(snapshot: Snapshot): Map<string, string> {
  const volumes = new Map<string, string>();
  for (const [key, object] of snapshot) {
    if (!key.startsWith('persistentvolumeclaims ')) continue;
    const { volumeName } = (object.spec ?? {}) as { volumeName?: string };
    if (volumeName) volumes.set(key, volumeName);
  }
  return volumes;
}
