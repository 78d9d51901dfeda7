import { Command } from 'commander';
import type { Verdict } from '../../shared/operations/retention/verdict';
import type { CommandLine } from '../command-line';
import { someVaults } from '../find-backup';
import { ageOf } from '../output/age';
import { type OutputFormat, outputOption } from '../output/output-format';
import { type Listing, printList } from '../output/print';

type Row = Verdict & { vault: string };

/** `lifeboat retention`. */
export function retentionCommand(line: CommandLine): Command {
  const command = new Command('retention');
  command
    .command('plan')
    .description('say of each backup whether the next pass deletes it, and why; deletes nothing')
    .option('--vault <name>', 'vault to look at; default all')
    .addOption(outputOption())
    .addHelpText('after', '\nExample:\n  lifeboat retention plan --vault main')
    .action(async (options: { vault?: string; output?: OutputFormat }) => {
      const { expiryPlan } = await import('../../shared/app/ticks/expire');
      const installation = await line.open();
      const rows: Row[] = [];
      for (const { name: vault } of await someVaults(installation, options.vault))
        for (const verdict of await expiryPlan(installation, vault)) rows.push({ vault, ...verdict });
      await printList(line, listing(line.clock.now()), rows, { output: options.output });
      const suspects = rows.filter(({ suspect }) => suspect !== undefined).length;
      if (suspects > 0 && !options.output)
        line.screen.note(
          `${suspects} suspect: look at them, then \`lifeboat backup accept <name>\` or \`backup delete <name>\`.`,
        );
    });
  return command;
}

const listing = (now: Date): Listing<Row> => ({
  what: 'backups',
  headings: ['name', 'vault', 'age', 'items', 'verdict', 'reason'],
  row: ({ name, vault, madeAt, items, delete: going, suspect, reason }) => [
    name,
    vault,
    ageOf(madeAt?.toISOString(), now),
    items === undefined ? '' : String(items),
    going ? 'delete' : suspect === undefined ? 'keep' : 'SUSPECT',
    reason.replace(/^(kept|expired|asked): /, ''),
  ],
});
