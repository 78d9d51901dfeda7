import { replicatedRestoreName } from '../../platform/input/names';
import type { Replication } from '../../formats/manifests/replication';
import { returningNamespaces } from '../../formats/manifests/replication-loop';
import type { RestoreRequest } from '../../formats/manifests/run';

/**
 * The restore that a rule makes of a backup into one of its targets: always the same for the same rule, backup, target and
 * attempt.
 * Answers with the reason when all of it came from that target.
 */
export function replicatedRestore(
  rules: readonly Replication[],
  rule: Replication,
  backup: string,
  target: string,
  installation: string,
  attempt = 1,
): RestoreRequest | { skipped: string } {
  const { source, namespaceMapping, transforms, allowEmptyVolumes, resourceTimeout, policy, volumes } =
    rule.spec;
  const returning = returningNamespaces(rules, rule, target);
  const wanted = source.namespaces ?? ['*'];
  const namespaces = returning === 'all' ? [] : wanted.filter((name) => !returning.includes(name));
  if (namespaces.length === 0) return { skipped: `its objects came from cluster ${target}` };
  return {
    kind: 'RestoreRequest',
    metadata: {
      name: replicatedRestoreName(rule.metadata.name, source.vault, backup, target, attempt),
      annotations: {
        'lifeboat/origin-installation': installation,
        'lifeboat/origin-cluster': source.cluster,
        'lifeboat/origin-backup': backup,
      },
    },
    cluster: target,
    vault: source.vault,
    spec: {
      backupName: backup,
      includedNamespaces: namespaces,
      ...(returning.length > 0 && { excludedNamespaces: [...returning] }),
      ...(namespaceMapping && { namespaceMapping }),
      existingResourcePolicy: policy === 'mirror' ? 'update' : 'none',
      ...(volumes && { restorePVs: true }),
    },
    allowEmptyVolumes,
    ...(resourceTimeout && { resourceTimeout }),
    ...(transforms && { transforms }),
    replication: rule.metadata.name,
  };
}
