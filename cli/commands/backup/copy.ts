import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { vaultOfBackup } from '../../find-backup';
import { waitAndReport, withWait } from '../../options/wait';

interface CopyFlags {
  from?: string;
  to: string;
  unproved?: string;
  wait?: boolean;
}

/** `lifeboat backup copy`. */
export function copyBackupCommand(line: CommandLine): Command {
  const command = new Command('copy')
    .argument('<name>')
    .description('copy a backup to another vault, verified; what is there is never overwritten')
    .requiredOption('--to <vault>', 'vault that takes the copy')
    .option('--from <vault>', 'vault that holds the backup; default wherever it is')
    .option('--unproved <backup>', 'copy the backup although it cannot be proved: its name again')
    .addHelpText('after', '\nExample:\n  lifeboat backup copy shop-1 --from main --to second-region --wait')
    .action(async (name: string, { from, to, unproved, wait }: CopyFlags) => {
      const { requestCopy } = await import('../../../shared/app/runs/request-copy');
      const installation = await line.open();
      const source = from ?? (await vaultOfBackup(installation, name, undefined)).name;
      const { run, created } = await requestCopy(installation, {
        backup: name,
        from: source,
        to,
        ...(unproved !== undefined && { unproved }),
      });
      line.screen.note(
        `Copy of backup ${name} from vault ${source} to vault ${to} ${created ? 'requested' : 'was asked for already'}.`,
      );
      if (wait) await waitAndReport(line, 'copies', run.name);
      else line.screen.note(`Follow it with \`lifeboat run get copy/${run.name}\`.`);
    });
  return withWait(command);
}
