import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { adoptCommand } from './state/adopt';
import { exportCommand, exportsCommand } from './state/exports';
import { recoveryKeyCommand, resealCommand } from './state/recovery-key';
import { restoreStateCommand } from './state/restore';

/** `lifeboat state`. */
export function stateCommand(line: CommandLine): Command {
  const command = new Command('state').description(
    'the state’s own safety: its exports in the vaults, and how it comes back',
  );
  for (const make of [
    exportsCommand,
    exportCommand,
    restoreStateCommand,
    adoptCommand,
    recoveryKeyCommand,
    resealCommand,
  ]) {
    command.addCommand(make(line));
  }
  return command;
}
