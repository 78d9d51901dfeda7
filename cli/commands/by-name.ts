import { Command } from 'commander';
import type { Installation } from '../../shared/app/installation';
import type { CommandLine } from '../command-line';

/** A command that takes one name, does one thing and says so. */
export interface DeedByName {
  verb: string;
  description: string;
  /** Of its help: `schedule pause nightly`. */
  example: string;
  act(installation: Installation, name: string): Promise<unknown>;
  /** What is said once it is done. */
  done(name: string): string;
}

/** `<verb> <name>`. */
export function byNameCommand(
  line: CommandLine,
  { verb, description, example, act, done }: DeedByName,
): Command {
  return new Command(verb)
    .argument('<name>')
    .description(description)
    .addHelpText('after', `\nExample:\n  lifeboat ${example}`)
    .action(async (name: string) => {
      await act(await line.open(), name);
      line.screen.out(done(name));
    });
}
