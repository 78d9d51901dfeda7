import type { Installation } from '../../../shared/app/installation';
import type { Schedule } from '../../../shared/formats/manifests/schedule';
import type { CommandLine } from '../../command-line';

/** Prints how many snapshots a schedule makes, and warns of more than a disk takes. Nothing where it takes none. */
export async function noteSnapshots(
  { screen }: CommandLine,
  { clock, settings }: Installation,
  schedule: Schedule,
): Promise<void> {
  if (schedule.spec.template.snapshotVolumes === false) return;
  const { snapshotCount, snapshotsPerDisk, snapshotText } = await import(
    '../../../shared/operations/volumes/forecast/snapshot-count'
  );
  const { snapshotsPerDisk: limit = snapshotsPerDisk } = settings;
  const count = snapshotCount(schedule, clock.now());
  screen.note(`Where volumes have snapshots, it makes ${snapshotText(schedule, count, limit)}.`);
  if (count.atOnce <= limit) return;
  screen.note(
    'The snapshots above that fail: shorten --ttl, back up less often, or set --snapshot-volumes false.',
  );
}
