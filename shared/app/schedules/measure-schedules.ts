import type { MeasuredSchedule } from '../../operations/cost/cost-report';
import { messageOf } from '../../platform/errors';
import type { Schedule } from '../../formats/manifests/schedule';
import { scheduleClusters } from '../../operations/schedule/schedule-clusters';
import { slotsOf } from '../../operations/schedule/slots';
import { listRuns, type Run } from '../../formats/state/run/runs';
import { backupDirectories } from '../../formats/vault/backup-directories';
import type { Installation } from '../installation';

/** What was measured, and what could not be looked at. */
export interface Measurements {
  schedules: MeasuredSchedule[];
  problems: string[];
}

const oneDay = 86_400_000;

/**
 * Measures what the schedules use: run times from the runs that the state still knows (35 days, and as long as their backups
 * lie in a vault), bytes from the vaults. Costs a listing of the runs and of each vault, and two requests for each run that came
 * since somebody last looked.
 */
export async function measureSchedules(installation: Installation, days: number): Promise<Measurements> {
  const { state, settings, clock } = installation;
  const problems: string[] = [];
  const [schedules, clusters, vaults, runs] = await Promise.all([
    state.schedules.list(),
    state.clusters.list(),
    state.vaults.list(),
    listRuns(state.store, 'backups'),
  ]);
  for (const { name, reason } of [...schedules.unreadable, ...vaults.unreadable, ...runs.unreadable])
    problems.push(`${name} cannot be read: ${reason}`);
  const bytes = new Map<string, number>();
  const far = new Set<string>();
  for (const vault of vaults.items) {
    const { name } = vault.metadata;
    if (vault.spec.region !== settings.region) far.add(name);
    try {
      for await (const page of backupDirectories(installation.openVaultStore(vault)))
        for (const directory of page.directories)
          if (directory.manifest) bytes.set(`${name}/${directory.name}`, directory.bytes);
    } catch (error) {
      problems.push(`vault ${name} could not be looked at: ${messageOf(error)}`);
    }
  }
  const measured = schedules.items.flatMap((schedule) => {
    try {
      const count = scheduleClusters(schedule, clusters.items).length;
      const runsPerMonth = slotsWithin(schedule, clock.now(), days) * count;
      return [measure(schedule, runs.items, { bytes, far, runsPerMonth })];
    } catch (error) {
      problems.push(`schedule ${schedule.metadata.name}: ${messageOf(error)}`);
      return [];
    }
  });
  return { schedules: measured, problems };
}

function measure(
  { metadata, spec }: Schedule,
  runs: readonly Run[],
  known: { bytes: ReadonlyMap<string, number>; far: ReadonlySet<string>; runsPerMonth: number },
): MeasuredSchedule {
  const own = runs.filter(
    ({ request }) => request.kind === 'BackupRequest' && request.schedule?.name === metadata.name,
  );
  const seconds = own.flatMap(({ result }) => {
    if (!result || result.phase === 'Failed') return [];
    const span = Date.parse(result.completionTimestamp) - Date.parse(result.startTimestamp);
    return Number.isFinite(span) && span >= 0 ? [span / 1_000] : [];
  });
  const stored = own.flatMap(({ name, request }) => known.bytes.get(`${request.vault}/${name}`) ?? []);
  const bytes = stored.reduce((sum, one) => sum + one, 0);
  return {
    name: metadata.name,
    paused: spec.paused,
    runsPerMonth: known.runsPerMonth,
    seconds,
    stored: { backups: stored.length, bytes },
    outboundBytesPerRun: known.far.has(spec.vault) && stored.length > 0 ? bytes / stored.length : 0,
  };
}

function slotsWithin(schedule: Schedule, now: Date, days: number): number {
  const until = new Date(now.getTime() + days * oneDay);
  const slots = slotsOf(schedule);
  let count = 0;
  for (let slot = slots.next(now); slot && slot.due <= until; slot = slots.next(slot.due)) count += 1;
  return count;
}
