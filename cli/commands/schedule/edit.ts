import { Command } from 'commander';
import { LifeboatError } from '../../../shared/platform/errors';
import type { ScheduleChange } from '../../../shared/app/schedules/change-schedule';
import type { Installation } from '../../../shared/app/installation';
import type { Schedule } from '../../../shared/formats/manifests/schedule';
import type { BackupSpec } from '../../../shared/formats/manifests/velero';
import type { CommandLine } from '../../command-line';
import { retentionOf, withRetention } from '../../options/retention';
import { selectionSpec, withSelection } from '../../options/selection';
import { timingFields, withTiming } from '../../options/timing';
import { clustersText } from '../../output/schedule';
import { noteSnapshots } from './note-snapshots';
import { assertOneWayToCluster, type ScheduleFlags, scheduleFlag, withClusters } from './flags';

interface EditFlags extends ScheduleFlags {
  withoutRules?: boolean;
  withoutCopies?: boolean;
  filename?: string;
}

/** `schedule edit`: by flags, of which what is given changes and the rest stays; by a file; or in an editor. */
export function editScheduleCommand(line: CommandLine): Command {
  const command = new Command('edit')
    .argument('<name>')
    .description('change what the flags say, or all of it in $EDITOR; no slot of the past comes due by it')
    .option('-f, --filename <file>', 'YAML or JSON that takes its place; - for standard input')
    .option(...scheduleFlag)
    .option('--without-copies', 'copy its backups nowhere')
    .option('--without-rules', 'keep nothing beyond the TTL but the newest Completed backup');
  withClusters(withTiming(command))
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat schedule edit nightly --schedule "0 3 * * *" --jitter 20m\n' +
        '  lifeboat schedule edit nightly\n' +
        '  lifeboat schedule get nightly -o yaml > nightly.yaml; lifeboat schedule edit nightly -f nightly.yaml',
    )
    .action(async (name: string, flags: EditFlags) => {
      const installation = await line.open();
      const was = await installation.state.schedules.get(name);
      const saved = await edited(line, installation, was, flags);
      if (!saved) return line.screen.note(`Schedule ${name} is as it was.`);
      const { schedule, timeZone, retention } = saved.spec;
      line.screen.out(
        `Schedule ${name} changed: "${schedule}" ${timeZone}, cluster ${clustersText(saved.spec)}`,
      );
      if (snapshotFields(saved) !== snapshotFields(was)) await noteSnapshots(line, installation, saved);
      if (JSON.stringify(retention) !== JSON.stringify(was.spec.retention))
        line.screen.note(
          retention
            ? 'These rules stand in place of all earlier ones: `lifeboat retention plan` shows what goes.'
            : 'It has no rules any more: `lifeboat retention plan` shows what goes.',
        );
    });
  return withRetention(withSelection(command));
}

/** What decides how many snapshots a schedule makes. */
function snapshotFields({ spec: { schedule, template, retention, windows } }: Schedule): string {
  return JSON.stringify([schedule, template, retention, windows]);
}

/** Undefined when it is as it was. */
async function edited(
  line: CommandLine,
  installation: Installation,
  was: Schedule,
  flags: EditFlags,
): Promise<Schedule | undefined> {
  const { changeSchedule, replaceSchedule, setByLifeboat } = await import(
    '../../../shared/app/schedules/change-schedule'
  );
  const { name } = was.metadata;
  const selection = await selectionSpec(flags);
  const changes = Object.keys(changeOf(flags, selection, was.spec)).length > 0;
  if (changes && flags.filename !== undefined) {
    throw new LifeboatError('invalid', 'both a file and what to change are given', {
      hint: 'leave out -f, or the other flags',
    });
  }
  if (changes) return changeSchedule(installation, name, (spec) => changeOf(flags, selection, spec));
  const { editInEditor, replaceByFile } = await import('../edit-manifest');
  const replace = (manifest: unknown) => replaceSchedule(installation, was, manifest);
  if (flags.filename === undefined) return editInEditor(line, { was, replace });
  return replaceByFile(flags.filename, { was, replace, setByLifeboat });
}

function assertNotBoth(without: string, taken: unknown, flag: string, given: unknown): void {
  if (!taken || !given) return;
  throw new LifeboatError('invalid', `both ${without} and ${flag} are given`, {
    hint: 'keep one of the two',
  });
}

function changeOf(flags: EditFlags, selection: BackupSpec, earlier: Schedule['spec']): ScheduleChange {
  assertOneWayToCluster(flags);
  assertNotBoth('--without-rules', flags.withoutRules, '--keep-…', retentionOf(flags));
  assertNotBoth('--without-copies', flags.withoutCopies, '--copy-to', flags.copyTo);
  const template = {
    ...earlier.template,
    ...selection,
    ...(flags.labels && { metadata: { labels: flags.labels } }),
  };
  return {
    ...timingFields(flags, earlier.windows),
    ...(flags.vault && { vault: flags.vault }),
    ...(flags.copyTo && { copies: flags.copyTo }),
    ...(flags.withoutCopies && { copies: undefined }),
    ...(flags.cluster && { clusters: flags.cluster, clusterSelector: undefined }),
    ...(flags.clusterSelector && { clusters: [], clusterSelector: flags.clusterSelector }),
    ...(retentionOf(flags) && { retention: retentionOf(flags) }),
    ...(flags.withoutRules && { retention: undefined }),
    ...((Object.keys(selection).length > 0 || flags.labels) && { template }),
  };
}
