import { Command } from 'commander';
import type { ScheduleChange } from '../../../shared/app/schedules/change-schedule';
import type { CommandLine } from '../../command-line';
import { chosenCluster, chosenVault } from '../../find-backup';
import { retentionOf, withRetention } from '../../options/retention';
import { selectionSpec, withSelection } from '../../options/selection';
import { timingFields, withTiming } from '../../options/timing';
import { clustersText } from '../../output/schedule';
import { assertOneWayToCluster, type ScheduleFlags, scheduleFlag, withClusters } from './flags';
import { noteSnapshots } from './note-snapshots';
import { runNow } from './run';

interface CreateFlags extends ScheduleFlags {
  schedule: string;
  paused?: boolean;
  runNow?: boolean;
}

/** `schedule create`. */
export function createScheduleCommand(line: CommandLine): Command {
  const command = new Command('create')
    .argument('<name>')
    .description('back up at every slot of a cron expression or interval, from now on')
    .requiredOption(...scheduleFlag);
  withClusters(withTiming(command))
    .option('--paused', 'make it, but let no slot come due yet')
    .option('--run-now', 'back up now too; without it the first backup is that of the first slot')
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat schedule create nightly --schedule "0 2 * * *" --time-zone Asia/Shanghai --include-namespaces shop\n' +
        '  lifeboat schedule create often --schedule 6h --cluster-selector env=production --include-namespaces shop',
    )
    .action(async (name: string, flags: CreateFlags) => {
      const { addSchedule } = await import('../../../shared/app/schedules/add-schedule');
      const installation = await line.open();
      const vault = (await chosenVault(installation, flags.vault)).name;
      const template = await selectionSpec(flags);
      if (flags.labels) template.metadata = { labels: flags.labels };
      const schedule = await addSchedule(installation, {
        name,
        spec: {
          ...timingFields(flags),
          schedule: flags.schedule,
          ...(await clusterFields(line, flags)),
          vault,
          ...(flags.copyTo && { copies: flags.copyTo }),
          ...(flags.paused && { paused: true }),
          ...(retentionOf(flags) && { retention: retentionOf(flags) }),
          template,
        },
      });
      const { spec } = schedule;
      line.screen.out(
        `Schedule ${name} created: "${spec.schedule}" ${spec.timeZone}, cluster ${clustersText(spec)}, vault ${vault}${spec.copies ? `, copied to ${spec.copies.join(', ')}` : ''}`,
      );
      if (retentionOf(flags))
        line.screen.note(`Each backup also stays for its TTL, ${spec.template.ttl}; --ttl sets it.`);
      await noteSnapshots(line, installation, schedule);
      if (flags.runNow) await runNow(line, name);
    });
  return withRetention(withSelection(command));
}

async function clusterFields(
  line: CommandLine,
  flags: CreateFlags,
): Promise<Pick<ScheduleChange, 'clusters' | 'clusterSelector'>> {
  assertOneWayToCluster(flags);
  const { cluster, clusterSelector } = flags;
  if (clusterSelector) return { clusters: [], clusterSelector };
  return { clusters: cluster ?? [await chosenCluster(await line.open(), undefined)] };
}
