import { Command } from 'commander';
import type { ScheduleStatus } from '../../../shared/installation/schedule-status';
import type { Schedule } from '../../../shared/manifests/schedule';
import type { CommandLine } from '../../command-line';
import { document, type OutputFormat, outputFormat } from '../../output/document';
import { type Listing, printList } from '../../output/print';
import { clustersText, describeScheduleText } from '../../output/schedule';

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

/** `schedule get [name]`: with `-o` the manifests and how they stand. */
export function getSchedulesCommand(line: CommandLine): Command {
  return new Command('get')
    .argument('[name]')
    .description('list the schedules, or show one: when the next backup is due, and what is overdue')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action(async (name: string | undefined, { output }: { output?: OutputFormat }) => {
      const { schedules } = (await line.open()).state;
      const { items, unreadable } =
        name === undefined ? await schedules.list() : { items: [await schedules.get(name)], unreadable: [] };
      const rows = await withStatus(line, items, 1);
      if (output && name !== undefined) line.screen.out(document(rows[0], output));
      else printList(line, listing, rows, { output, unreadable });
    });
}

/** `schedule describe`. */
export function describeScheduleCommand(line: CommandLine): Command {
  return new Command('describe')
    .argument('<name>')
    .description('when it comes due, what it backs up, and how each of its clusters stands')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action(async (name: string, { output }: { output?: OutputFormat }) => {
      const schedule = await (await line.open()).state.schedules.get(name);
      const [row] = await withStatus(line, [schedule], 5);
      line.screen.out(output ? document(row, output) : describeScheduleText(row!, row!.status));
    });
}

async function withStatus(line: CommandLine, items: Schedule[], nextSlots: number): Promise<Row[]> {
  const { scheduleStatuses } = await import('../../../shared/installation/schedule-status');
  const statuses = await scheduleStatuses(await line.open(), items, { nextSlots });
  return items.map((schedule, index) => ({ ...schedule, status: statuses[index]! }));
}
