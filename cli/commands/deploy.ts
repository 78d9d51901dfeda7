import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { lifecycleCommand } from './deploy/lifecycle';
import { policiesCommand } from './deploy/policies';
import { renderCommand } from './deploy/render';

/** `lifeboat deploy`. */
export function deployCommand(line: CommandLine): Command {
  const command = new Command('deploy').description(
    'what a deployment on Function Compute needs: s.yaml, roles, rules',
  );
  command.addCommand(renderCommand(line));
  command.addCommand(policiesCommand(line));
  command.addCommand(lifecycleCommand(line));
  return command;
}
