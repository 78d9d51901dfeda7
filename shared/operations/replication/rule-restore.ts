import type { Replication } from '../../formats/manifests/replication';
import type { RunRequest } from '../../formats/manifests/run';

/**
 * Whether a request under the name of a rule's restore is that restore: of this rule, backup, vault and target. The name alone
 * proves nothing. The rule's filters may have changed since.
 */
export function isRestoreOfRule(
  request: RunRequest,
  { metadata, spec }: Replication,
  target: string,
  backup: string,
): boolean {
  return (
    request.kind === 'RestoreRequest' &&
    request.replication === metadata.name &&
    request.cluster === target &&
    request.vault === spec.source.vault &&
    request.spec.backupName === backup
  );
}
