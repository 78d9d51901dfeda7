import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { type RestoreFlags, requestOf, withRestoreFlags } from '../../options/restore';
import { document, type OutputFormat, outputFormat } from '../../output/document';

interface PlanFlags extends RestoreFlags {
  output?: OutputFormat;
  out?: string;
  details?: boolean;
}

/** `restore plan`. */
export function planRestoreCommand(line: CommandLine): Command {
  const command = new Command('plan')
    .description('show what a restore would do to every object, and what would go wrong; changes nothing')
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .option('--out <file>', 'write the plan there, for `restore create --plan`')
    .option('--details', 'name every object, and every change')
    .addHelpText(
      'after',
      '\nExamples:\n  lifeboat restore plan --from-backup shop-1\n' +
        '  lifeboat restore plan --from-backup shop-1 --conflicts update --out plan.json\n' +
        '  lifeboat restore create --plan plan.json --fail-on-drift',
    )
    .action(async (flags: PlanFlags) => {
      const { planRestore } = await import('../../../shared/installation/runs/plan-restore');
      const { planText } = await import('../../../shared/restore/plan/restore-plan');
      const { showProgress } = await import('../../progress/wait-for-run');
      const request = await requestOf(line, flags);
      const installation = await line.open();
      const shown = showProgress('plan', line, 'opening');
      const plan = await planRestore(installation, request, {
        progress: (progress) => shown.update(progress),
        signal: new AbortController().signal,
      }).finally(() => shown.stop());
      if (flags.out !== undefined) await writeFile(flags.out, Readable.from(planText(plan)), { mode: 0o600 });
      if (flags.output === 'json') {
        for (const piece of planText(plan)) process.stdout.write(piece);
      } else if (flags.output === 'yaml') {
        line.screen.out(document({ ...plan.head, objects: plan.objects }, 'yaml'));
      } else {
        const { planSummary } = await import('../../output/restore-plan');
        line.screen.out(planSummary(plan, { colors: line.screen.colors, details: flags.details ?? false }));
        line.screen.note(
          flags.out === undefined
            ? 'Nothing was changed. Keep the plan with --out FILE to carry out just this.'
            : `Nothing was changed. Carry it out: lifeboat restore create --plan ${flags.out}`,
        );
      }
    });
  return withRestoreFlags(command);
}
