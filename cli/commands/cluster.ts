import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { addClusterCommand, updateClusterCommand } from './cluster/credentials';
import { deleteClusterCommand } from './cluster/delete';
import { labelClusterCommand } from './cluster/label';
import { rbacCommand } from './cluster/rbac';
import { describeClusterCommand, getClustersCommand } from './cluster/show';
import { rotateClusterKeyCommand } from './seal/rotate';

/** `lifeboat cluster`. */
export function clusterCommand(line: CommandLine): Command {
  const command = new Command('cluster').description(
    'Kubernetes clusters that are backed up and restored into',
  );
  for (const make of [
    addClusterCommand,
    getClustersCommand,
    describeClusterCommand,
    updateClusterCommand,
    labelClusterCommand,
    rbacCommand,
    rotateClusterKeyCommand,
    deleteClusterCommand,
  ]) {
    command.addCommand(make(line));
  }
  return command;
}
