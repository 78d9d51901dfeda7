import { replicatedRestoreName } from '../manifests/names';
import type { Replication } from '../manifests/replication';
import type { RestoreRequest } from '../manifests/run';
import type { LandedBackup } from './landed-backup';
import { returningNamespaces } from '../manifests/replication-loop';

/**
 * The restore that a rule makes of a backup into one of its targets: always the same for the same rule, backup and target.
 * Answers with the reason when the rule does not apply.
 */
export function replicatedRestore(
  rules: readonly Replication[],
  rule: Replication,
  landed: LandedBackup,
  target: string,
  installation: string,
): RestoreRequest | { skipped: string } {
  const { source, namespaceMapping, allowEmptyVolumes } = rule.spec;
  const skipped = reasonNotToApply(rule, landed);
  if (skipped) return { skipped };
  const returning = returningNamespaces(rules, rule, target);
  const wanted = source.namespaces ?? ['*'];
  const namespaces = returning === 'all' ? [] : wanted.filter((name) => !returning.includes(name));
  if (namespaces.length === 0) return { skipped: `its objects came from cluster ${target}` };
  return {
    kind: 'RestoreRequest',
    metadata: {
      name: replicatedRestoreName(rule.metadata.name, landed.vault, landed.name, target),
      annotations: {
        'lifeboat/origin-installation': installation,
        'lifeboat/origin-cluster': source.cluster,
        'lifeboat/origin-backup': landed.name,
      },
    },
    cluster: target,
    vault: landed.vault,
    spec: {
      backupName: landed.name,
      includedNamespaces: namespaces,
      ...(returning.length > 0 && { excludedNamespaces: [...returning] }),
      ...(namespaceMapping && { namespaceMapping }),
      // `seed`: what is in the target stays as it is.
      existingResourcePolicy: 'none',
    },
    allowEmptyVolumes,
    replication: rule.metadata.name,
  };
}

function reasonNotToApply(
  { spec }: Replication,
  { vault, backup, request }: LandedBackup,
): string | undefined {
  const { source } = spec;
  const phase = backup.status.phase ?? '';
  if (spec.paused) return 'the rule is paused';
  if (source.vault !== vault) return `the rule is for vault ${source.vault}`;
  if (source.cluster !== request.cluster) return `the rule is for cluster ${source.cluster}`;
  if (source.schedule && source.schedule !== request.schedule?.name) {
    return `the rule is for schedule ${source.schedule}`;
  }
  if (!(spec.onlyIf as string[]).includes(phase)) return `its phase is ${phase}`;
  const held = request.spec.includedNamespaces;
  if (source.namespaces && held && !overlap(source.namespaces, held)) {
    return 'it has none of the namespaces of the rule';
  }
  return undefined;
}

/** Patterns count as overlapping: the restore finds out. */
function overlap(wanted: readonly string[], held: readonly string[]): boolean {
  const isPattern = (name: string) => /[*?[]/.test(name);
  return wanted.some((name) => isPattern(name) || held.includes(name)) || held.some(isPattern);
}
