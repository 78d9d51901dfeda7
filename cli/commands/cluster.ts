import type { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { addClusterCommand, updateClusterCommand } from './cluster/credentials';
import { deleteClusterCommand } from './cluster/delete';
import { labelClusterCommand } from './cluster/label';
import { rbacCommand } from './cluster/rbac';
import { describeClusterCommand, getClustersCommand } from './cluster/show';
import { rotateClusterKeyCommand } from './seal/rotate';
import { nounCommand } from './noun';

/** `lifeboat cluster`. */
export function clusterCommand(line: CommandLine): Command {
  return nounCommand('cluster', line, [
    addClusterCommand,
    getClustersCommand,
    describeClusterCommand,
    updateClusterCommand,
    labelClusterCommand,
    rbacCommand,
    rotateClusterKeyCommand,
    deleteClusterCommand,
  ]);
}
