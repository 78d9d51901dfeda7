import type { JudgedBackup } from '../retention/judged-backup';
import { suspectsOf } from '../retention/suspects';
import type { VaultBackup } from './vault-backup';

/**
 * Why nothing may be deleted in a target on the word of a backup; undefined when it may. The judgement is retention's: a
 * backup is measured against its predecessors, those of the same schedule, or on demand of the same scope. One that is partial,
 * suspect, the first of its kind, or unsigned deletes nothing.
 *
 * @param fitting all backups that the rule replicates, this one among them
 * @param accepted suspects that a person has accepted
 */
export function deletionDoubt(
  backup: VaultBackup,
  fitting: readonly VaultBackup[],
  accepted: ReadonlySet<string>,
): string | undefined {
  const { name, phase } = backup;
  if (phase !== 'Completed') return `backup ${name} is ${phase}`;
  if (backup.origin.proof !== 'committed' && backup.origin.proof !== 'signed')
    return `nobody vouches for backup ${name}`;
  const series = fitting.filter((other) => seriesOf(other) === seriesOf(backup));
  const judged = series.map(judgedBackup);
  const why = suspectsOf(judged, accepted).reasons.get(name);
  if (why !== undefined) return `backup ${name} is suspect: ${why}`;
  const measured = series.some(
    (other) =>
      other.name !== name && other.phase === 'Completed' && Date.parse(other.at) <= Date.parse(backup.at),
  );
  if (measured || accepted.has(name)) return undefined;
  return `backup ${name} is the first of its kind in the vault, so that it cannot be measured against another`;
}

function seriesOf({ schedule, scope }: VaultBackup): string {
  return schedule === undefined ? `scope ${scope}` : `schedule ${schedule}`;
}

function judgedBackup({ name, phase, items, at }: VaultBackup): JudgedBackup {
  return { name, phase, items, madeAt: new Date(at), archiveReads: true };
}
