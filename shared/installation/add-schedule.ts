import { instant } from '../manifests/instant';
import type { Schedule } from '../manifests/schedule';
import type { BackupSpec } from '../manifests/velero';
import { cronAt } from '../schedule/cron';
import type { Installation } from './installation';
import { record } from './record';

/** A schedule as it is asked for. */
export interface ScheduleToAdd {
  name: string;
  /** Five cron fields. */
  schedule: string;
  /** IANA name; default UTC. */
  timeZone?: string;
  clusters: string[];
  vault: string;
  paused?: boolean;
  template: BackupSpec;
}

/**
 * Makes a schedule whose slots count from now. Throws `invalid` naming the field, `not-found` naming the vault or cluster,
 * `conflict` when the name is taken.
 */
export async function addSchedule(installation: Installation, asked: ScheduleToAdd): Promise<Schedule> {
  const { state, clock } = installation;
  const { name, schedule, timeZone = 'UTC', clusters, vault, paused = false, template } = asked;
  const checked = state.schedules.check({
    kind: 'Schedule',
    metadata: { name },
    spec: {
      schedule,
      timeZone,
      clusters,
      vault,
      paused,
      startAt: instant(clock.now()),
      includeClusterInNames: clusters.length > 1,
      template,
    },
  });
  cronAt(schedule, timeZone, clock.now());
  await state.vaults.get(vault);
  for (const cluster of clusters) await state.clusters.get(cluster);
  const created = await state.schedules.create(checked);
  await record(installation, { action: 'create', what: 'schedule', name });
  return created;
}
