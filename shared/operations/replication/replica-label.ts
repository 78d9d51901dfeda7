import { sha256Hex } from '../../platform/sha256';
import type { Replication } from '../../formats/manifests/replication';

/**
 * The value of the label on what a rule creates, at most 63 characters: its name, and a digest of the installation and of the
 * source, so that neither another installation's rule of the same name nor a rule that is made anew for another source takes
 * these objects for its own.
 */
export function replicaLabel(
  installation: string,
  { metadata, spec }: Replication,
  sourceUid: string | undefined,
): string {
  const { vault, cluster } = spec.source;
  const source = sourceUid === undefined ? ['vault', vault, cluster] : ['uid', sourceUid];
  const text = [installation, metadata.name, ...source].join('\0');
  return `${metadata.name}-${sha256Hex(text).slice(0, 16)}`;
}
