import { Command } from 'commander';
import type { Schedule } from '../../shared/manifests/schedule';
import type { CommandLine } from '../command-line';
import { chosenCluster, chosenVault } from '../find-backup';
import { commaSeparated } from '../options/lists';
import { type SelectionFlags, selectionSpec, withSelection } from '../options/selection';
import type { Listing } from '../output/print';
import { getManifestsCommand } from './get-manifests';

const listing: Listing<Schedule> = {
  what: 'schedules',
  headings: ['name', 'schedule', 'time zone', 'clusters', 'vault', 'paused'],
  row: ({ metadata, spec }) => [
    metadata.name,
    spec.schedule,
    spec.timeZone,
    spec.clusters.join(','),
    spec.vault,
    spec.paused ? 'yes' : 'no',
  ],
};

interface CreateFlags extends SelectionFlags {
  schedule: string;
  timeZone?: string;
  cluster?: string[];
  vault?: string;
  paused?: boolean;
}

/** `lifeboat schedule`. */
export function scheduleCommand(line: CommandLine): Command {
  const command = new Command('schedule').description('backups made by the clock');
  command.addCommand(createCommand(line));
  command.addCommand(getManifestsCommand(line, listing, (state) => state.schedules));
  return command;
}

function createCommand(line: CommandLine): Command {
  const command = new Command('create')
    .argument('<name>')
    .description('back up at every slot of a cron expression, from now on')
    .requiredOption('--schedule <cron>', 'five cron fields: minute hour day month weekday')
    .option('--time-zone <zone>', 'IANA time zone of the expression; default UTC')
    .option('--cluster <names>', 'clusters to back up; default the only one', commaSeparated)
    .option('--vault <name>', 'vault that takes the backups; default the only one')
    .option('--paused', 'make it, but do not run it yet')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat schedule create nightly --schedule "0 2 * * *" --time-zone Asia/Shanghai --include-namespaces shop',
    )
    .action(async (name: string, flags: CreateFlags) => {
      const { addSchedule } = await import('../../shared/installation/add-schedule');
      const installation = await line.open();
      const clusters = flags.cluster ?? [await chosenCluster(installation, undefined)];
      const vault = (await chosenVault(installation, flags.vault)).name;
      const template = selectionSpec(flags);
      if (flags.labels) template.metadata = { labels: flags.labels };
      const { schedule, timeZone, paused } = flags;
      await addSchedule(installation, { name, schedule, timeZone, clusters, vault, paused, template });
      line.screen.out(
        `Schedule ${name} created: "${schedule}" ${timeZone ?? 'UTC'}, cluster ${clusters.join(', ')}, vault ${vault}`,
      );
    });
  return withSelection(command);
}
