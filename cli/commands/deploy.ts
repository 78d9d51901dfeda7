import type { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { lifecycleCommand } from './deploy/lifecycle';
import { policiesCommand } from './deploy/policies';
import { renderCommand } from './deploy/render';
import { nounCommand } from './noun';

/** `lifeboat deploy`. */
export function deployCommand(line: CommandLine): Command {
  return nounCommand('deploy', line, [renderCommand, policiesCommand, lifecycleCommand]);
}
