import { type Command, Option } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { ScheduleChange } from '../../shared/app/schedules/change-schedule';
import { givenFields } from './given-fields';

/** The flags of `schedule create` and `schedule edit` that say when, and how strictly. */
export interface TimingFlags {
  schedule?: string;
  timeZone?: string;
  missedRun?: 'skip' | 'once';
  concurrency?: 'forbid' | 'allow';
  jitter?: string;
  allowedWindow?: string[];
  blackoutWindow?: string[];
  overdueAfter?: string;
}

/** Adds them to a command; `schedule` is required where one is made. */
export function withTiming(command: Command): Command {
  const windows = (value: string, previous: string[] = []) => [...previous, value];
  return command
    .option('--time-zone <zone>', 'IANA time zone of the expression and the windows; default UTC')
    .addOption(
      new Option(
        '--missed-run <policy>',
        'slots that were missed: one backup for the newest, or none; default once',
      ).choices(['skip', 'once']),
    )
    .addOption(
      new Option(
        '--concurrency <policy>',
        'a slot while its last backup is under way; default forbid',
      ).choices(['forbid', 'allow']),
    )
    .option('--jitter <duration>', 'spread the start over this time, always by the same part of it')
    .option(
      '--allowed-window <window>',
      'start only within: "22:00-06:00", "Mon-Fri 20:00-24:00"; repeatable, "" for none',
      windows,
    )
    .option(
      '--blackout-window <window>',
      'never start within; also "2026-11-10/2026-11-12"; repeatable, "" for none',
      windows,
    )
    .option(
      '--overdue-after <duration>',
      'time after a slot until its good backup must be there; default 1h',
    );
}

/** The flags as fields of a schedule; what was not given is absent. */
export function timingFields(flags: TimingFlags, earlier: ScheduleChange['windows'] = {}): ScheduleChange {
  const { schedule, timeZone, missedRun, concurrency, jitter, overdueAfter, allowedWindow, blackoutWindow } =
    flags;
  const fields: ScheduleChange = givenFields({
    schedule,
    timeZone,
    missedRun,
    concurrency,
    jitter,
    overdueAfter,
  });
  if (allowedWindow ?? blackoutWindow) {
    const windows = { ...earlier, ...list('allowed', allowedWindow), ...list('blackout', blackoutWindow) };
    fields.windows = windows;
  }
  return fields;
}

function list(field: 'allowed' | 'blackout', texts: string[] | undefined): object {
  return texts === undefined ? {} : { [field]: texts.filter((text) => text !== '') };
}

/** `--slot`: a point in time in UTC. */
export function pointInTime(value: string): Date {
  const date = new Date(value);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(value) && !Number.isNaN(date.getTime())) return date;
  throw new LifeboatError('invalid', `"${value}" is not a point in time`, {
    hint: 'write it in UTC, as in 2026-11-22T22:15:00Z',
  });
}
