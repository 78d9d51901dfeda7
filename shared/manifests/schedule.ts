import * as v from 'valibot';
import { backupSpecSchema } from './backup-spec';
import { instantSchema } from './instant';
import { metadataSchema } from './metadata';
import { backupNameStem, longestStem, nameSchema } from './names';
import { fault } from './parse';

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const timeZoneSchema = v.pipe(
  v.string(),
  v.check(isTimeZone, fault('is not a time zone', 'write an IANA name, for example Asia/Shanghai')),
);

export const scheduleSchema = v.pipe(
  v.strictObject({
    kind: v.literal('Schedule'),
    metadata: metadataSchema,
    spec: v.strictObject({
      /** Cron, 5 fields; whether it can be read is checked where it is used (shared/schedule). */
      schedule: v.pipe(
        v.string(),
        v.nonEmpty(fault('is empty', 'write five cron fields, for example "0 2 * * *"')),
      ),
      timeZone: v.optional(timeZoneSchema, 'UTC'),
      clusters: v.pipe(
        v.array(nameSchema),
        v.minLength(1, fault('is empty', 'name at least one cluster')),
        v.check(
          (names) => new Set(names).size === names.length,
          fault('names a cluster twice', 'name each once'),
        ),
      ),
      vault: nameSchema,
      paused: v.optional(v.boolean(), false),
      /** Slots count from here: nothing is backed up for a slot at or before it. Set when the schedule is made. */
      startAt: instantSchema,
      /** Fixed when the schedule is made, so that names keep their form when clusters are added or removed. */
      includeClusterInNames: v.boolean(),
      template: backupSpecSchema,
    }),
  }),
  v.check(
    ({ spec }) => spec.includeClusterInNames || spec.clusters.length === 1,
    fault(
      'names its backups without the cluster, so it takes one cluster only',
      'make a new schedule for several clusters',
    ),
  ),
  v.check(
    (schedule) => backupStems(schedule).every((stem) => stem.length <= longestStem),
    fault(
      'gives its backups names of more than 63 characters',
      `shorten the name of the schedule or of the cluster: together they may have ${longestStem}`,
    ),
  ),
);

/** When what is backed up where. */
export type Schedule = v.InferOutput<typeof scheduleSchema>;
export type ScheduleInput = v.InferInput<typeof scheduleSchema>;

/** One for each cluster: two schedules must not share one. */
export function backupStems(schedule: {
  metadata: { name: string };
  spec: { clusters: string[]; includeClusterInNames: boolean };
}): string[] {
  const { clusters, includeClusterInNames } = schedule.spec;
  return clusters.map((cluster) => backupNameStem(schedule.metadata.name, cluster, includeClusterInNames));
}
