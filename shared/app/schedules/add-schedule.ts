import { LifeboatError } from '../../platform/errors';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import { instant } from '../../formats/manifests/instant';
import type { Schedule, ScheduleInput } from '../../formats/manifests/schedule';
import type { BackupSpec } from '../../formats/manifests/velero';
import { withOwnNamespaces } from '../../formats/manifests/own-namespaces';
import { assertComesDue } from '../../operations/schedule/check-schedule';
import { scheduleClusters } from '../../operations/schedule/schedule-clusters';
import { assertSnapshotsFit } from '../../operations/volumes/forecast/snapshot-count';
import type { Installation } from '../installation';
import { record } from '../record';
import { assertWritable } from '../vaults/writable-vault';
import { namedForVaults } from '../vaults/named-for-vaults';

/** A schedule as it is asked for: its manifest without what is set when it is made. */
export interface ScheduleToAdd {
  name: string;
  labels?: Record<string, string>;
  spec: Omit<
    ScheduleInput['spec'],
    'startAt' | 'resumedAt' | 'includeClusterInNames' | 'installationInNames' | 'savesVolumes' | 'template'
  > & {
    template: BackupSpec;
  };
}

/**
 * Makes a schedule whose slots count from now: its first backup is that of its first slot. Throws `invalid` naming the
 * field, `not-found` naming the vault or cluster, `conflict` when the name is taken.
 */
export async function addSchedule(
  installation: Installation,
  { name, labels, spec }: ScheduleToAdd,
): Promise<Schedule> {
  const metadata = { name, ...(labels && { labels }) };
  return createSchedule(installation, newSchedule(installation, { metadata, spec }));
}

/** The manifest of a schedule whose slots count from now, with what only Lifeboat sets. Throws `invalid` naming the field. */
export function newSchedule(
  { state, clock }: Pick<Installation, 'state' | 'clock'>,
  { metadata, spec }: { metadata: object; spec: object },
): Schedule {
  const { clusters = [] } = spec as { clusters?: unknown };
  return state.schedules.check({
    kind: 'Schedule',
    metadata,
    spec: {
      ...spec,
      startAt: instant(clock.now()),
      includeClusterInNames: !Array.isArray(clusters) || clusters.length !== 1,
      savesVolumes: true,
    },
  });
}

/** Stores what `newSchedule` returned; a dry run checks the same and stores nothing. Throws as `addSchedule`. */
export async function createSchedule(
  installation: Installation,
  asked: Schedule,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<Schedule> {
  const { schedules } = installation.state;
  await assertSchedule(installation, asked);
  // From its first slot on.
  const named = await namedForVaults(installation, asked, new Date(0));
  if (dryRun) {
    await schedules.assertAdmitted(named);
    return named;
  }
  const created = await schedules.create(named);
  await record(installation, { action: 'create', what: 'schedule', name: asked.metadata.name });
  return created;
}

/**
 * Throws unless the schedule comes due, keeps no more snapshots than a disk takes, its vault and clusters are registered, and
 * its template selects something of each of them.
 */
export async function assertSchedule(
  { state, clock, settings }: Installation,
  schedule: Schedule,
): Promise<void> {
  const { clusters, clusterSelector, vault, copies = [] } = schedule.spec;
  assertComesDue(schedule, clock.now());
  assertSnapshotsFit(schedule, clock.now(), settings.snapshotsPerDisk);
  assertWritable(await state.vaults.get(vault), 'no backup is made into it');
  for (const copy of copies) assertWritable(await state.vaults.get(copy), 'no backup is copied into it');
  for (const cluster of clusters) assertSelects(schedule, await state.clusters.get(cluster));
  if (!clusterSelector) return;
  const registered = (await state.clusters.list()).items;
  const selected = scheduleClusters(schedule, registered);
  for (const cluster of registered)
    if (selected.includes(cluster.metadata.name)) assertSelects(schedule, cluster);
  if (selected.length > 0) return;
  throw new LifeboatError(
    'not-found',
    `schedule "${schedule.metadata.name}": spec.clusterSelector matches no registered cluster`,
    { hint: 'label a cluster with `lifeboat cluster label`, or correct the selector' },
  );
}

function assertSelects({ metadata, spec }: Schedule, cluster: ClusterManifest): void {
  const { namespaces } = cluster.spec;
  const what = `schedule "${metadata.name}": for cluster "${cluster.metadata.name}", spec.template`;
  withOwnNamespaces(spec.template, namespaces, what);
}
