import type { ScheduleStatus } from '../../shared/app/schedules/schedule-status';
import { selectorQuery } from '../../shared/formats/manifests/selection/label-match';
import type { Schedule } from '../../shared/formats/manifests/schedule';
import { field, joined, pairs, section } from './sections';

/** Clusters by name, or the selector that finds them. */
export function clustersText({ clusters, clusterSelector }: Schedule['spec']): string {
  return clusterSelector ? `(${selectorQuery(clusterSelector)})` : clusters.join(',');
}

/** A schedule as text: when it comes due, what it backs up, and how each of its clusters stands. */
export function describeScheduleText({ metadata, spec }: Schedule, status: ScheduleStatus): string {
  return joined([
    field('Name', metadata.name),
    field('Labels', pairs(metadata.labels)),
    field('Schedule', spec.schedule),
    field('Time zone', spec.timeZone),
    field('Clusters', clustersText(spec)),
    field('Vault', spec.vault),
    field('Copied to', spec.copies?.join(', ')),
    field('Volumes', volumesText(spec)),
    field('Paused', spec.paused ? 'yes' : 'no'),
    field('Counts from', spec.resumedAt ?? spec.startAt),
    field('Missed run', spec.missedRun),
    field('Concurrency', spec.concurrency),
    field('Jitter', spec.jitter),
    field('Allowed', spec.windows?.allowed?.join(', ')),
    field('Blackout', spec.windows?.blackout?.join(', ')),
    field('Skipped', spec.skipSlots?.join(', ')),
    field('Overdue', `after ${spec.overdueAfter ?? '1h0m0s'} without a Completed backup of a slot`),
    field('Problem', status.problem),
    ...section(
      'Next',
      status.next.map(({ slot, due }) => (slot === due ? slot : `${slot}, due ${due}`)),
    ),
    ...section('Clusters', status.clusters.map(clusterLine)),
    ...section(
      'Left out',
      status.clusters.flatMap(({ cluster, leftOut = [] }) =>
        leftOut.map(({ text }) => `${cluster}: ${text}`),
      ),
    ),
    ...section(
      'Backs up',
      Object.entries(spec.template).map(
        ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
    ),
  ]);
}

/** What becomes of the data of claims, where the schedule leaves it to what is usual. */
function volumesText({ template, savesVolumes }: Schedule['spec']): string | undefined {
  if (template.snapshotVolumes !== undefined) return undefined;
  if (savesVolumes) return 'a snapshot of each claim whose driver has a VolumeSnapshotClass';
  return 'none: the schedule was made before Lifeboat saved volumes; any edit of it changes that';
}

function clusterLine({ cluster, last, lastGood, overdue }: ScheduleStatus['clusters'][number]): string {
  const newest = last ? `${last.backup} ${last.phase}` : 'no backup yet';
  const late = overdue ? `OVERDUE: no Completed backup for the slot of ${overdue}` : 'not overdue';
  return `${cluster}: ${newest}; last good slot ${lastGood ?? '-'}; ${late}`;
}
