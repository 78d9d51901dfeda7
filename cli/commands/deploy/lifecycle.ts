import { Command } from 'commander';
import type { CommandLine } from '../../command-line';

/** `lifeboat deploy lifecycle`. */
export function lifecycleCommand(line: CommandLine): Command {
  return new Command('lifecycle')
    .description('print the lifecycle rule that removes the parts of uploads that nobody finished')
    .option('--prefix <path>', 'subdirectory of the vault; default the root of its bucket')
    .addHelpText(
      'after',
      '\nOSS replaces all rules of a bucket at once: add this one to those that are there.\n' +
        '\nExample:\n  lifeboat deploy lifecycle --prefix production > rule.xml',
    )
    .action(async ({ prefix }: { prefix?: string }) => {
      const { orphanPartsRule } = await import('../../../shared/app/deploy/lifecycle');
      line.screen.out(orphanPartsRule({ prefix }).trimEnd());
    });
}
