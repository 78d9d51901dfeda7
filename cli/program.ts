import { Command, type Option } from 'commander';
import { version } from '../package.json';
import { LifeboatError } from '../shared/platform/errors';
import type { CommandLine } from './command-line';
import { nouns } from './nouns';

/**
 * The program. Given the words of a command line, only the noun that they name has its commands, and the others are there by
 * name, for help and for suggestions; without them all have.
 */
export async function program(line: CommandLine, words?: readonly string[]): Promise<Command> {
  const root = new Command('lifeboat')
    .description('Back up and restore Kubernetes applications, from outside, to OSS, in the layout of Velero')
    .version(version)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText(
      'after',
      '\nStart on this machine with `lifeboat local`, then `lifeboat backup create --help`.',
    );
  const named = words && nounNamed(words);
  for (const { name, summary, load } of nouns) {
    const whole = words === undefined || name === named;
    root.addCommand(
      (whole ? (await load())(line, () => program(line)) : new Command(name)).description(summary),
    );
  }
  return withErrors(root);
}

/** The options before it take no values; `lifeboat help backup` asks of it. */
function nounNamed(words: readonly string[]): string | undefined {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  return first === 'help' ? second : first;
}

/** Here and in every command below, commander throws what is wrong, and leaves it to the caller to say it. */
function withErrors(command: Command): Command {
  command.exitOverride().configureOutput({ outputError: () => {} });
  for (const option of command.options) namedInErrors(option);
  for (const below of command.commands) withErrors(below);
  return command;
}

/** What is wrong with the value of an option is told with the name of the option. */
function namedInErrors(option: Option): void {
  const { parseArg, long, short } = option;
  if (!parseArg) return;
  option.argParser((value, previous) => {
    try {
      return parseArg(value, previous);
    } catch (error) {
      if (!(error instanceof LifeboatError) || error.message.startsWith(`${short} `)) throw error;
      throw new LifeboatError(error.kind, `${long}: ${error.message}`, { hint: error.hint });
    }
  });
}
