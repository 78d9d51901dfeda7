import type { ReplicationStatus } from '../../shared/app/replications/replication-status';
import type { Replication } from '../../shared/formats/manifests/replication';
import type { TargetStatus } from '../../shared/operations/replication/rule-status';
import { field, joined, pairs, section } from './sections';

/** A lag as `3h 12m`; `unknown` where a target was never found equal. */
export function lagText(seconds: number | undefined): string {
  if (seconds === undefined) return 'unknown';
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m` : `${seconds}s`;
}

/** The newest restore of each target. */
export function lastText({ targets }: ReplicationStatus): string {
  return targets.flatMap(({ last }) => (last ? [`${last.backup} ${last.phase}`] : [])).join(', ');
}

/** A rule as text: what it restores where, what it trusts, and how each target stands. */
export function describeReplicationText({ metadata, spec }: Replication, status: ReplicationStatus): string {
  const { source } = spec;
  return joined([
    field('Name', metadata.name),
    field('Labels', pairs(metadata.labels)),
    field('From cluster', source.cluster),
    field('Cluster uid', source.clusterUid),
    field('Vault', source.vault),
    field('Schedule', source.schedule),
    field('Namespaces', source.namespaces?.join(', ') ?? 'all'),
    field('Mapped', pairs(spec.namespaceMapping)),
    field('To clusters', spec.targets.join(', ')),
    field('Policy', spec.policy),
    field('Only if', spec.onlyIf.join(', ')),
    field('Paused', spec.paused ? 'yes' : 'no'),
    field('Empty volumes', spec.allowEmptyVolumes ? 'allowed' : 'refused'),
    field('Volumes', spec.volumes ?? 'without data'),
    field('Resource timeout', spec.resourceTimeout),
    field('Lag', lagText(status.lagSeconds)),
    field('Problem', status.problem),
    ...section('Trusts', [
      'what this installation committed',
      ...(spec.trustedKeys ?? []).map((key) => `what ${key} signed`),
      ...(spec.trustUnsigned
        ? [`what nobody signed, without cluster-scoped objects and RBAC${exceptions(spec.unsignedResources)}`]
        : []),
    ]),
    ...section('Targets', status.targets.map(targetLine)),
  ]);
}

function exceptions(resources: readonly string[] | undefined): string {
  return resources?.length ? ` but ${resources.join(', ')}` : '';
}

function targetLine({ target, last, equal, lagSeconds }: TargetStatus): string {
  if (!last) return `${target}: nothing restored yet`;
  const reason = last.reason === undefined ? '' : ` (${last.reason})`;
  const found = equal
    ? `equal to ${equal.backup} of ${equal.at}, lag ${lagText(lagSeconds)}`
    : 'never found equal';
  return `${target}: ${found}; last ${last.backup} ${last.phase} by restore ${last.restore}${reason}`;
}
