import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandLine } from '../../cli/command-line';
import { nouns } from '../../cli/nouns';
import { program } from '../../cli/program';
import { start } from './command-in-memory';

let line: CommandLine;
let whole: Command;
beforeAll(async () => {
  ({ line } = await start());
  whole = await program(line);
});

const namesOf = (command: Command) => command.commands.map((below) => below.name());

/** `backup get` and every other command that does something. */
function leaves(command: Command, path = ''): [path: string, command: Command][] {
  if (command.commands.length === 0) return [[path, command]];
  return command.commands.flatMap((below) => leaves(below, `${path} ${below.name()}`.trim()));
}

/** What `--help` prints, with what is added after the options. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (more) => {
      text += more;
    },
  });
  command.outputHelp();
  return text;
}

describe('the words of the command line', () => {
  it('lead to the commands of their names, with what they are', () => {
    expect(namesOf(whole)).toEqual(nouns.map(({ name }) => name));
    expect(whole.commands.map((command) => command.description())).toEqual(
      nouns.map(({ summary }) => summary),
    );
  });

  it.each([
    [['backup', 'get', '-o', 'json'], 'backup'],
    [['help', 'schedule'], 'schedule'],
    [['--', 'vault', 'get'], 'vault'],
    [['--help'], undefined],
    [['nothing', 'backup'], undefined],
    [[], undefined],
  ])('%j reads the commands of %s alone', async (words, named) => {
    const made = await program(line, words);
    expect(namesOf(made)).toEqual(namesOf(whole));
    expect(helpOf(made)).toBe(helpOf(whole));
    for (const command of made.commands) {
      const same = whole.commands.find((other) => other.name() === command.name())!;
      expect(namesOf(command)).toEqual(command.name() === named ? namesOf(same) : []);
    }
  });

  it('are explained by --help, each with an example of its own', () => {
    const without = leaves(whole).filter(
      ([path, command]) =>
        !new RegExp(`\\bExamples?\\b[\\s\\S]*\\n {2}.*lifeboat ${path}\\b`).test(helpOf(command)),
    );
    expect(without.map(([path]) => path)).toEqual([]);
    expect(leaves(whole).filter(([, command]) => command.description() === '')).toEqual([]);
  });
});
