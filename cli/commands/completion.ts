import { Argument, Command } from 'commander';
import type { CommandLine } from '../command-line';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** `lifeboat completion <shell>`. */
export function completionCommand(line: CommandLine): Command {
  const command = new Command('completion')
    .addArgument(new Argument('<shell>').choices(shells))
    .description('print the script by which a shell completes commands and options')
    .addHelpText(
      'after',
      '\nExample:\n  source <(lifeboat completion bash)\n  lifeboat completion zsh > ~/.zfunc/_lifeboat\n  lifeboat completion fish > ~/.config/fish/completions/lifeboat.fish',
    );
  return command.action(async (shell: Shell) => {
    const { completionScript } = await import('../completion-script');
    line.screen.out(completionScript(command.parent!, shell));
  });
}
