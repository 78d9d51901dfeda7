import type { Schedule } from '../../formats/manifests/schedule';
import { carryingInstallation } from '../../formats/manifests/schedule-names';
import type { Vault } from '../../formats/manifests/vault';
import type { Installation } from '../installation';

/**
 * Slots that come due this soon keep their names. A tick that read the schedule before it was changed asks for slots up to its
 * own time only; this is what clocks may differ by. Milliseconds.
 */
const lead = 15 * 60_000;

/** When names begin to carry the installation, if a schedule is changed now. */
export function carriedSince({ clock }: Pick<Installation, 'clock'>): Date {
  return new Date(clock.now().getTime() + lead);
}

/** True where backups of the schedule go to the vault, or are copied there. */
export function goesTo({ spec }: Schedule, { metadata }: Vault): boolean {
  return spec.vault === metadata.name || spec.copies?.includes(metadata.name) === true;
}

/** The schedule, its names with the installation where one of its vaults is shared. Where they carry it once, they do so on. */
export async function namedForVaults(
  installation: Pick<Installation, 'id' | 'state' | 'clock'>,
  schedule: Schedule,
  since: Date = carriedSince(installation),
): Promise<Schedule> {
  const { id, state } = installation;
  const { vault, copies = [] } = schedule.spec;
  for (const name of [vault, ...copies]) {
    if (!(await state.vaults.find(name))?.spec.share) continue;
    return { ...schedule, spec: carryingInstallation(schedule.spec, id, since) };
  }
  return schedule;
}
