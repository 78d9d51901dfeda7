import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { currentContext } from '../context-file';
import {
  addContext,
  type Context,
  contextsFile,
  deleteContext,
  localContext,
  readContexts,
  useContext,
} from '../contexts';
import { printList } from '../output/print';

interface AddFlags {
  state: string;
  region: string;
  accountId?: string;
  networkType?: string;
}

/** `lifeboat context`. */
export function contextCommand(line: CommandLine): Command {
  const command = new Command('context').description('which installation the other commands work with');
  const file = () => contextsFile(process.env);
  command.addCommand(addCommand(line, file));
  command
    .command('get')
    .description('list the contexts; * marks the one that is used')
    .addHelpText('after', '\nExample:\n  lifeboat context get')
    .action(async () => {
      const { contexts } = await readContexts(file());
      const current = process.env.LIFEBOAT_CONTEXT || (await currentContext(process.env));
      const here = { LIFEBOAT_STATE: 'what `lifeboat local` runs in this folder', LIFEBOAT_REGION: '' };
      const rows: [string, Context][] = [[localContext, here], ...Object.entries(contexts)];
      const headings = ['', 'name', 'state', 'region', 'account'];
      printList(
        line,
        {
          what: 'contexts',
          headings,
          row: ([name, context]) => [
            name === current ? '*' : '',
            name,
            context.LIFEBOAT_STATE,
            context.LIFEBOAT_REGION,
            context.LIFEBOAT_ACCOUNT_ID ?? '',
          ],
        },
        rows,
      );
    });
  command
    .command('use <name>')
    .description('work with this one from now on, but in folders that `lifeboat local` was started in')
    .addHelpText('after', '\nExample:\n  lifeboat context use production')
    .action(async (name: string) => {
      await useContext(file(), name);
      line.screen.out(`Commands work with ${name} now.`);
    });
  command
    .command('delete <name>')
    .description('forget a context; the installation is not touched')
    .addHelpText('after', '\nExample:\n  lifeboat context delete production')
    .action(async (name: string) => {
      await deleteContext(file(), name);
      line.screen.out(`Context ${name} deleted.`);
    });
  return command;
}

function addCommand(line: CommandLine, file: () => string): Command {
  return new Command('add')
    .argument('<name>')
    .description('name an installation; credentials and keys stay in the environment')
    .requiredOption('--state <place>', 'oss://bucket/prefix of its state')
    .requiredOption('--region <region>', 'its region')
    .option('--account-id <id>', 'account that owns its functions')
    .option('--network-type <type>', 'how its state is reached, public or internal; default public')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat context add production --state oss://team-lifeboat/state --region cn-hangzhou\n  lifeboat context use production',
    )
    .action(async (name: string, { state, region, accountId, networkType }: AddFlags) => {
      const context: Context = {
        LIFEBOAT_STATE: state,
        LIFEBOAT_REGION: region,
        ...(accountId !== undefined && { LIFEBOAT_ACCOUNT_ID: accountId }),
        ...(networkType !== undefined && { LIFEBOAT_NETWORK_TYPE: networkType }),
      };
      const { readSettings } = await import('../../shared/installation/settings');
      readSettings({ ...context });
      await addContext(file(), name, context);
      line.screen.out(`Context ${name} added: \`lifeboat context use ${name}\` works with it.`);
    });
}
