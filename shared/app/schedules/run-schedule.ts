import { LifeboatError } from '../../platform/errors';
import type { Schedule } from '../../formats/manifests/schedule';
import { openBackupNames, openBackupOf } from '../../operations/schedule/open-backups';
import { scheduleClusters } from '../../operations/schedule/schedule-clusters';
import { scheduledRequest } from '../../operations/schedule/scheduled-request';
import type { Requested } from '../../operations/runs/request-run';
import type { Installation } from '../installation';
import { requestBackup } from '../runs/request';

/**
 * Asks now for the backup of a schedule, paused or not: one for each of its clusters, or for those that are named. They
 * are named by this second and belong to the schedule. Throws `not-found` naming the schedule or cluster, `conflict`
 * where `concurrency: forbid` and one is under way; then nothing was asked for.
 */
export async function runSchedule(
  installation: Installation,
  name: string,
  named?: readonly string[],
): Promise<Requested[]> {
  const { state, clock } = installation;
  const schedule = await state.schedules.get(name);
  const slot = new Date(Math.floor(clock.now().getTime() / 1_000) * 1_000);
  const clusters = await clustersToRun(installation, schedule, named);
  await assertNoneOpen(installation, schedule, clusters);
  const requested: Requested[] = [];
  for (const cluster of clusters) {
    requested.push(await requestBackup(installation, scheduledRequest(schedule, cluster, slot)));
  }
  return requested;
}

async function clustersToRun(
  { state }: Installation,
  schedule: Schedule,
  named: readonly string[] | undefined,
): Promise<readonly string[]> {
  const { name } = schedule.metadata;
  const registered = schedule.spec.clusterSelector ? (await state.clusters.list()).items : [];
  const all = scheduleClusters(schedule, registered);
  const foreign = named?.find((cluster) => !all.includes(cluster));
  if (foreign !== undefined) {
    throw new LifeboatError('not-found', `schedule "${name}" does not back up cluster "${foreign}"`, {
      hint: all.length > 0 ? `it backs up ${all.join(', ')}` : 'its selector matches no cluster',
    });
  }
  if (all.length > 0) return named ?? all;
  throw new LifeboatError('not-found', `the selector of schedule "${name}" matches no cluster`, {
    hint: 'label a cluster with `lifeboat cluster label`',
  });
}

async function assertNoneOpen(
  { state }: Installation,
  schedule: Schedule,
  clusters: readonly string[],
): Promise<void> {
  if (schedule.spec.concurrency === 'allow') return;
  const open = await openBackupNames(state.store);
  for (const cluster of clusters) {
    const other = await openBackupOf(state.store, { schedule, cluster }, open);
    if (other === undefined) continue;
    throw new LifeboatError(
      'conflict',
      `backup "${other}" of schedule "${schedule.metadata.name}" is under way`,
      {
        hint: 'wait for its end, or set the concurrency of the schedule to allow',
      },
    );
  }
}
