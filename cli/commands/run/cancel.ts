import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { waitAndReport, withWait } from '../../options/wait';

/** `run cancel <run>`. */
export function cancelRunCommand(line: CommandLine): Command {
  const command = new Command('cancel')
    .argument('<run>', 'a name, or backup/<name>, restore/<name>, plan/<name> or copy/<name>')
    .description('end a run; what a restore has made so far stays in its cluster')
    .addHelpText('after', '\nExample:\n  lifeboat run cancel restore/shop-1-20261122093000 --wait')
    .action(async (text: string, flags: { wait?: boolean }) => {
      const { cancel } = await import('../../../shared/app/runs/cancel');
      const { runWord } = await import('../../../shared/formats/state/run-keys');
      const { findRunId } = await import('./find-run-id');
      const installation = await line.open();
      const run = await findRunId(installation.state.store, text);
      const result = await cancel(installation, run);
      const what = `${runWord(run.kind)} ${run.name}`;
      if (result) line.screen.out(`Ended ${what}: ${result.reason}`);
      else if (flags.wait) await waitAndReport(line, run.kind, run.name);
      else line.screen.out(`Asked the worker of ${what} to stop; see \`lifeboat run get ${text}\`.`);
    });
  return withWait(command);
}
