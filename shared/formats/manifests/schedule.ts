import * as v from 'valibot';
import { backupSpecSchema } from './backup-spec';
import { durationSchema, parseGoDuration } from './go-duration';
import { instantSchema } from './instant';
import { labelSelectorSchema, selectsEverything } from './selection/label-selector';
import { metadataSchema } from './metadata';
import {
  longestSharedStem,
  longestStem,
  nameSchema,
  shortInstallationSchema,
} from '../../platform/input/names';
import { fault } from '../../platform/input/parse';
import { retentionSchema } from './retention';
import { backupStems } from './schedule-names';
import { timeWindowSchema } from './time-window';

/** To ask Intl for a format takes half a millisecond, for each schedule at each tick. */
const knownZones = new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);

/** IANA's own names of three letters. Of others ICU makes a guess: CST would be Chicago, and people in China mean theirs. */
const shortNames = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '));

function isTimeZone(zone: string): boolean {
  if (knownZones.has(zone)) return true;
  if (/^[A-Za-z]{3}$/.test(zone) && !shortNames.has(zone.toUpperCase())) return false;
  // Some versions of Node take an offset, `+08:00`.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const timeZoneSchema = v.pipe(
  v.string(),
  v.check(isTimeZone, ({ input }) =>
    fault(
      `is not a time zone: ${JSON.stringify(input.slice(0, 40))}`,
      'write an IANA name, for example Asia/Shanghai',
    ),
  ),
);

/** Less would call a backup overdue before it can have been made. Milliseconds. */
const leastOverdue = 60_000;

export const scheduleSchema = v.pipe(
  v.strictObject({
    kind: v.literal('Schedule'),
    metadata: metadataSchema,
    spec: v.strictObject({
      /** Five cron fields, a name such as `@daily`, or an interval (`6h30m`, `@every 6h`); whether it can be read is checked where it is used (shared/operations/schedule). */
      schedule: v.pipe(
        v.string(),
        v.nonEmpty(
          fault('is empty', 'write five cron fields, for example "0 2 * * *", or an interval as 6h'),
        ),
      ),
      /** Of cron and of the windows; an interval is the same everywhere. */
      timeZone: v.optional(timeZoneSchema, 'UTC'),
      /** By name, or by `clusterSelector`. */
      clusters: v.optional(
        v.pipe(
          v.array(nameSchema),
          v.check(
            (names) => new Set(names).size === names.length,
            fault('names a cluster twice', 'name each once'),
          ),
        ),
        [],
      ),
      /** The registered clusters whose labels it matches at each slot. */
      clusterSelector: v.optional(
        v.pipe(
          labelSelectorSchema,
          v.check(
            (selector) => !selectsEverything(selector),
            fault('selects every cluster', 'name a label that the wanted clusters have'),
          ),
        ),
      ),
      vault: nameSchema,
      /** Vaults that each backup is copied to once it is in its own; the same rules count in each. */
      copies: v.optional(
        v.pipe(
          v.array(nameSchema),
          v.check(
            (names) => new Set(names).size === names.length,
            fault('names a vault twice', 'name each once'),
          ),
        ),
      ),
      paused: v.optional(v.boolean(), false),
      /** An interval's slots count from here, and no slot at or before it is due. Set when the schedule is made. */
      startAt: instantSchema,
      /** No slot at or before it is due either. Set when the schedule is unpaused, or its times, clusters or vault are changed. */
      resumedAt: v.optional(instantSchema),
      /** What becomes of slots that no tick came to in time: `once` makes one backup for the newest of them. */
      missedRun: v.optional(v.picklist(['skip', 'once']), 'once'),
      /** Whether a backup may be asked for while the one before it, of the same cluster, is under way. */
      concurrency: v.optional(v.picklist(['forbid', 'allow']), 'forbid'),
      /** Each slot is due later by a part of this that is the schedule's own, so that not all start at once. */
      jitter: v.optional(durationSchema),
      /** A slot that would start outside `allowed`, or within `blackout`, is none. */
      windows: v.optional(
        v.strictObject({
          allowed: v.optional(v.array(timeWindowSchema)),
          blackout: v.optional(v.array(timeWindowSchema)),
        }),
      ),
      /** Slots that a person let pass. */
      skipSlots: v.optional(v.array(instantSchema)),
      /** How long after a slot its good backup must be there; then the schedule is overdue. Default 1h. */
      overdueAfter: v.optional(
        v.pipe(
          durationSchema,
          v.check(
            (text) => parseGoDuration(text) >= leastOverdue,
            fault('leaves no time for the backup', 'give 1m or more; leave it out for 1h'),
          ),
        ),
      ),
      /** Fixed when the schedule is made, so that names keep their form when clusters are added or removed. */
      includeClusterInNames: v.boolean(),
      /**
       * The names of slots after `since` carry the installation: a vault that they go to is shared with other installations.
       * Set by Lifeboat, and kept when the vault is shared no more.
       */
      installationInNames: v.optional(
        v.strictObject({
          id: shortInstallationSchema,
          since: instantSchema,
          /** Of installations that this one was restored from: their names are of this schedule too. */
          earlier: v.optional(v.array(shortInstallationSchema)),
        }),
      ),
      /**
       * Its backups save volumes as the template says, and where it says nothing by snapshots. Set by Lifeboat when a schedule is
       * made or edited: one of a release that saved none goes on without until a person has looked at it.
       */
      savesVolumes: v.optional(v.literal(true)),
      /** What is kept beyond the TTL; without it nothing but the TTL and the newest Completed one. */
      retention: v.optional(retentionSchema),
      template: backupSpecSchema,
    }),
  }),
  v.check(
    ({ spec }) => spec.clusters.length > 0 || spec.clusterSelector !== undefined,
    fault('names no cluster', 'set spec.clusters or spec.clusterSelector'),
  ),
  v.check(
    ({ spec }) => spec.clusters.length === 0 || spec.clusterSelector === undefined,
    fault('has both clusters and clusterSelector', 'keep one of the two'),
  ),
  v.check(
    ({ spec }) => spec.includeClusterInNames || spec.clusters.length === 1,
    fault(
      'names its backups without the cluster, so it takes one cluster only',
      'make a new schedule for several clusters',
    ),
  ),
  v.check(
    ({ spec }) => spec.copies?.includes(spec.vault) !== true,
    fault('copies its backups to the vault that they are in', 'leave spec.vault out of spec.copies'),
  ),
  v.check(
    (schedule) => backupStems(schedule).every((stem) => stem.length <= longestStem),
    fault(
      'gives its backups names of more than 63 characters',
      `shorten the name of the schedule or of the cluster: together they may have ${longestStem}, and ${longestSharedStem} where the vault is shared with other installations`,
    ),
  ),
);

/** When what is backed up where. */
export type Schedule = v.InferOutput<typeof scheduleSchema>;
export type ScheduleInput = v.InferInput<typeof scheduleSchema>;
