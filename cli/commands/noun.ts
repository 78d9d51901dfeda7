import { Command } from 'commander';
import type { CommandLine } from '../command-line';

/** A noun and the commands below it, in the order of its help. What it is stands in nouns.ts. */
export function nounCommand(
  name: string,
  line: CommandLine,
  below: readonly ((line: CommandLine) => Command)[],
): Command {
  const command = new Command(name);
  for (const make of below) command.addCommand(make(line));
  return command;
}
