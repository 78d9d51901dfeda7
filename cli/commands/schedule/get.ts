import type { Command } from 'commander';
import type { ScheduleStatus } from '../../../shared/app/schedules/schedule-status';
import type { Schedule } from '../../../shared/formats/manifests/schedule';
import type { CommandLine } from '../../command-line';
import type { Listing } from '../../output/print';
import { clustersText, describeScheduleText } from '../../output/schedule';
import { describeWithStatusCommand, getWithStatusCommand, type KindWithStatus } from '../get-with-status';

type Row = Schedule & { status: ScheduleStatus };

const listing: Listing<Row> = {
  what: 'schedules',
  headings: ['name', 'schedule', 'time zone', 'clusters', 'vault', 'paused', 'next', 'last good', 'overdue'],
  row: ({ metadata, spec, status }) => {
    const overdue = status.clusters.filter((one) => one.overdue !== undefined);
    // The cluster whose last good backup is the oldest tells how the schedule stands.
    const [oldest] = status.clusters.map(({ lastGood }) => lastGood ?? '').sort();
    return [
      metadata.name,
      spec.schedule,
      spec.timeZone,
      clustersText(spec),
      spec.vault,
      spec.paused ? 'yes' : 'no',
      status.next[0]?.due ?? '',
      oldest ?? '',
      status.problem ?? (overdue.length === 0 ? 'no' : overdue.map(({ cluster }) => cluster).join(',')),
    ];
  },
};

const schedules: KindWithStatus<Schedule, ScheduleStatus> = {
  listing,
  folder: (state) => state.schedules,
  async statuses(installation, items, closely) {
    const { scheduleStatuses } = await import('../../../shared/app/schedules/schedule-status');
    return scheduleStatuses(installation, items, closely ? { nextSlots: 5, leftOut: 5 } : {});
  },
  describe: describeScheduleText,
};

/** `schedule get [name]`. */
export function getSchedulesCommand(line: CommandLine): Command {
  return getWithStatusCommand(line, 'when the next backup is due, and what is overdue', schedules);
}

/** `schedule describe`. */
export function describeScheduleCommand(line: CommandLine): Command {
  return describeWithStatusCommand(
    line,
    {
      description: 'when it comes due, what it backs up, and how each of its clusters stands',
      example: 'lifeboat schedule describe nightly',
    },
    schedules,
  );
}
