import type { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { adoptCommand } from './state/adopt';
import { exportCommand, exportsCommand } from './state/exports';
import { recoveryKeyCommand, resealCommand } from './state/recovery-key';
import { restoreStateCommand } from './state/restore';
import { nounCommand } from './noun';

/** `lifeboat state`. */
export function stateCommand(line: CommandLine): Command {
  return nounCommand('state', line, [
    exportsCommand,
    exportCommand,
    restoreStateCommand,
    adoptCommand,
    recoveryKeyCommand,
    resealCommand,
  ]);
}
