import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { printPieces } from '../../output/visible';

/** `run logs <run>`. */
export function runLogsCommand(line: CommandLine): Command {
  return new Command('logs')
    .argument('<run>', 'a name, or backup/<name>, restore/<name>, plan/<name> or copy/<name>')
    .description('print the log of a run, also while it goes on')
    .addHelpText('after', '\nExample:\n  lifeboat run logs backup/shop-1')
    .action(async (text: string) => {
      const { runLog } = await import('../../../shared/app/runs/run-log');
      const { findRunId } = await import('./find-run-id');
      const installation = await line.open();
      const run = await findRunId(installation.state.store, text);
      await printPieces(runLog(installation, run), (text) => process.stdout.write(text));
    });
}
