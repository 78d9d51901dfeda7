import { Command } from 'commander';
import type { Finding } from '../../shared/app/doctor/finding';
import type { CommandLine } from '../command-line';
import { exitCodes } from '../exit-codes';
import { document } from '../output/document';
import { type OutputFormat, outputOption } from '../output/output-format';
import { counted } from '../../shared/platform/counted';

/** `lifeboat doctor`. */
export function doctorCommand(line: CommandLine): Command {
  return new Command('doctor')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nEnds with 1 when something is wrong, with 0 when there are warnings at most.\n' +
        '\nExamples:\n  lifeboat doctor\n  lifeboat doctor -o json',
    )
    .action(async ({ output }: { output?: OutputFormat }) => {
      const { examineInstallation } = await import('../../shared/app/doctor/doctor');
      const { deployedOf } = await import('../../shared/app/doctor/deployed-of');
      const installation = await line.open();
      const findings: Finding[] = [];
      for await (const finding of examineInstallation(installation, deployedOf(installation))) {
        findings.push(finding);
        if (!output) show(line, finding, findings.at(-2)?.about !== finding.about);
      }
      const count = (level: Finding['level']) => findings.filter((each) => each.level === level).length;
      if (output) line.screen.out(await document({ findings }, output));
      else
        line.screen.note(
          `\n${count('error')} wrong, ${counted(count('warning'), 'warning')}, ${count('ok')} well.`,
        );
      if (count('error') > 0) line.exitWith(exitCodes.runFailed);
    });
}

function show({ screen }: CommandLine, { about, level, message, remedy }: Finding, first: boolean): void {
  const { colors } = screen;
  const mark = {
    ok: colors.green('ok     '),
    warning: colors.yellow('warning'),
    error: colors.red('wrong  '),
  };
  if (first) screen.out(colors.bold(about));
  screen.out(`  ${mark[level]}  ${message}`);
  if (remedy !== undefined) screen.out(`           → ${remedy}`);
}
