import { Argument, Command } from 'commander';
import type { CommandLine } from '../command-line';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** `lifeboat completion <shell>`. @param program makes the whole program, with every command */
export function completionCommand(line: CommandLine, program: () => Promise<Command>): Command {
  return new Command('completion')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      '\nExample:\n  source <(lifeboat completion bash)\n  lifeboat completion zsh > ~/.zfunc/_lifeboat\n  lifeboat completion fish > ~/.config/fish/completions/lifeboat.fish',
    )
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion-script');
      line.screen.out(completionScript(await program(), shell));
    });
}
