import type { Command } from 'commander';

/** Adds `--unproved` to a command that reads one backup. */
export function withUnproved(command: Command): Command {
  return command.option(
    '--unproved <backup>',
    'read this backup although nothing proves that Lifeboat wrote it: it can hold anything',
  );
}
