import { Command } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { CommandLine } from '../command-line';
import { currentContext, overridden } from '../context-file';
import {
  addContext,
  type Context,
  type Contexts,
  contextOf,
  contextsFile,
  deleteContext,
  localContext,
  readContexts,
  useContext,
} from '../contexts';
import { type ListFlags, showList, withListFlags } from '../output/list-flags';
import type { Listing } from '../output/print';
import { nounCommand } from './noun';

interface AddFlags {
  state: string;
  region: string;
  accountId?: string;
  networkType?: string;
}

/** A context, and whether commands work with it. */
interface ListedContext {
  name: string;
  used: boolean;
  /** None for that of `lifeboat local`, which is in its folder. */
  environment?: Context;
}

const listing: Listing<ListedContext> = {
  what: 'contexts',
  headings: [' ', 'name', 'state', 'region', 'account'],
  row: ({ name, used, environment }) => [
    used ? '*' : ' ',
    name,
    environment?.LIFEBOAT_STATE ?? 'what `lifeboat local` runs in this folder',
    environment?.LIFEBOAT_REGION ?? '',
    environment?.LIFEBOAT_ACCOUNT_ID ?? '',
  ],
  wide: {
    headings: ['network type'],
    row: ({ environment }) => [environment?.LIFEBOAT_NETWORK_TYPE ?? (environment ? 'public' : '')],
  },
};

const file = () => contextsFile(process.env);

/** `lifeboat context`. */
export function contextCommand(line: CommandLine): Command {
  return nounCommand('context', line, [addCommand, getCommand, useCommand, deleteCommand]);
}

function getCommand(line: CommandLine): Command {
  const command = new Command('get')
    .argument('[name]')
    .description('list the contexts, or show one; * marks the one that is used')
    .addHelpText('after', '\nExample:\n  lifeboat context get -o wide');
  return withListFlags(command).action(async (name: string | undefined, flags: ListFlags) => {
    await showList(line, listing, flags, async () => {
      const known = await readContexts(file());
      const items = await listedContexts(known);
      if (name === undefined) return { items };
      if (name !== localContext) contextOf(known, name);
      return { one: items.find((item) => item.name === name)! };
    });
  });
}

async function listedContexts({ contexts }: Contexts): Promise<ListedContext[]> {
  const current = process.env.LIFEBOAT_CONTEXT || (await currentContext(process.env));
  return [
    { name: localContext, used: current === localContext },
    ...Object.entries(contexts).map(([name, environment]) => ({ name, used: name === current, environment })),
  ];
}

function useCommand(line: CommandLine): Command {
  return new Command('use')
    .argument('<name>')
    .description('work with this one from now on, but in folders that `lifeboat local` was started in')
    .addHelpText('after', '\nExample:\n  lifeboat context use production')
    .action(async (name: string) => {
      await useContext(file(), name);
      const why = overridden(name, process.env);
      if (why === undefined) line.screen.out(`Commands work with ${name} now.`);
      else {
        line.screen.out(`Commands work with ${name} now, but not here: ${why}.`);
        line.screen.note(
          `Here it takes LIFEBOAT_CONTEXT=${name}${process.env.LIFEBOAT_STATE ? ' without LIFEBOAT_STATE' : ''}.`,
        );
      }
    });
}

function deleteCommand(line: CommandLine): Command {
  return new Command('delete')
    .argument('<name>')
    .description('forget a context; the installation is not touched')
    .addHelpText('after', '\nExample:\n  lifeboat context delete production')
    .action(async (name: string) => {
      await deleteContext(file(), name);
      line.screen.out(`Context ${name} deleted.`);
    });
}

function addCommand(line: CommandLine): Command {
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
      await assertSettings(context);
      await addContext(file(), name, context);
      line.screen.out(`Context ${name} added: \`lifeboat context use ${name}\` works with it.`);
    });
}

/** Settings are checked under the names of their variables; here they are flags. */
async function assertSettings(context: Context): Promise<void> {
  const { readSettings } = await import('../../shared/app/settings');
  try {
    readSettings({ ...context });
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    const message = error.message.replace(/LIFEBOAT_([A-Z_]+)/g, (_, variable: string) => {
      return `--${variable.toLowerCase().replaceAll('_', '-')}`;
    });
    throw new LifeboatError(error.kind, message, { hint: error.hint });
  }
}
