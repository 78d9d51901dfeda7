import { Command, Option } from 'commander';
import { LifeboatError } from '../../../shared/errors';
import type { ScheduleChange } from '../../../shared/installation/change-schedule';
import type { LabelSelector } from '../../../shared/manifests/velero';
import type { CommandLine } from '../../command-line';
import { chosenCluster, chosenVault } from '../../find-backup';
import { parseLabelSelector } from '../../options/label-selector';
import { commaSeparated } from '../../options/lists';
import { type RetentionFlags, retentionOf, withRetention } from '../../options/retention';
import { type SelectionFlags, selectionSpec, withSelection } from '../../options/selection';
import { type TimingFlags, timingFields, withTiming } from '../../options/timing';
import { clustersText } from '../../output/schedule';
import { runNow } from './run';

interface CreateFlags extends SelectionFlags, TimingFlags, RetentionFlags {
  schedule: string;
  cluster?: string[];
  clusterSelector?: LabelSelector;
  vault?: string;
  paused?: boolean;
  runNow?: boolean;
}

type EditFlags = Partial<CreateFlags> & { withoutRules?: boolean };

const scheduleFlag = [
  '--schedule <times>',
  'five cron fields (minute hour day month weekday), or an interval as 6h30m',
] as const;

function withClusters(command: Command): Command {
  return command
    .option('--cluster <names>', 'clusters to back up; default the only one', commaSeparated)
    .addOption(
      new Option('--cluster-selector <labels>', 'back up the clusters with these labels').argParser(
        parseLabelSelector,
      ),
    )
    .option('--vault <name>', 'vault that takes the backups; default the only one');
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
      const { addSchedule } = await import('../../../shared/installation/add-schedule');
      const installation = await line.open();
      const vault = (await chosenVault(installation, flags.vault)).name;
      const template = selectionSpec(flags);
      if (flags.labels) template.metadata = { labels: flags.labels };
      const { spec } = await addSchedule(installation, {
        name,
        spec: {
          ...timingFields(flags),
          schedule: flags.schedule,
          ...(await clusterFields(line, flags)),
          vault,
          ...(flags.paused && { paused: true }),
          ...(retentionOf(flags) && { retention: retentionOf(flags) }),
          template,
        },
      });
      line.screen.out(
        `Schedule ${name} created: "${spec.schedule}" ${spec.timeZone}, cluster ${clustersText(spec)}, vault ${vault}`,
      );
      if (retentionOf(flags))
        line.screen.note(`Each backup also stays for its TTL, ${spec.template.ttl}; --ttl sets it.`);
      if (flags.runNow) await runNow(line, name);
    });
  return withRetention(withSelection(command));
}

async function clusterFields(
  line: CommandLine,
  { cluster, clusterSelector }: EditFlags,
): Promise<Pick<ScheduleChange, 'clusters' | 'clusterSelector'>> {
  if (clusterSelector && cluster) {
    throw new LifeboatError('invalid', 'both --cluster and --cluster-selector are given', {
      hint: 'keep one of the two',
    });
  }
  if (clusterSelector) return { clusters: [], clusterSelector };
  return { clusters: cluster ?? [await chosenCluster(await line.open(), undefined)] };
}

/** `schedule edit`: what is given changes, the rest stays. */
export function editScheduleCommand(line: CommandLine): Command {
  const command = new Command('edit')
    .argument('<name>')
    .description('change what the flags say; no slot of the past comes due by it')
    .option(...scheduleFlag)
    .option('--without-rules', 'keep nothing beyond the TTL but the newest Completed backup');
  withClusters(withTiming(command))
    .addHelpText('after', '\nExample:\n  lifeboat schedule edit nightly --schedule "0 3 * * *" --jitter 20m')
    .action(async (name: string, flags: EditFlags) => {
      const { changeSchedule } = await import('../../../shared/installation/change-schedule');
      const installation = await line.open();
      const earlier = (await installation.state.schedules.get(name)).spec;
      const selection = selectionSpec(flags);
      const template = {
        ...earlier.template,
        ...selection,
        ...(flags.labels && { metadata: { labels: flags.labels } }),
      };
      const change: ScheduleChange = {
        ...timingFields(flags, earlier.windows),
        ...(flags.vault && { vault: flags.vault }),
        ...(flags.cluster && { clusters: flags.cluster, clusterSelector: undefined }),
        ...(flags.clusterSelector && { clusters: [], clusterSelector: flags.clusterSelector }),
        ...(retentionOf(flags) && { retention: retentionOf(flags) }),
        ...(flags.withoutRules && { retention: undefined }),
        ...((Object.keys(selection).length > 0 || flags.labels) && { template }),
      };
      if (Object.keys(change).length === 0) {
        throw new LifeboatError('invalid', 'nothing is to be changed', {
          hint: `give a flag: see \`lifeboat schedule edit --help\``,
        });
      }
      const { spec } = await changeSchedule(installation, name, change);
      line.screen.out(
        `Schedule ${name} changed: "${spec.schedule}" ${spec.timeZone}, cluster ${clustersText(spec)}`,
      );
      if ('retention' in change)
        line.screen.note(
          'These rules stand in place of all earlier ones: `lifeboat retention plan` shows what goes.',
        );
    });
  return withRetention(withSelection(command));
}
