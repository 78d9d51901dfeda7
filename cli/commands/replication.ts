import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { activateReplicationCommand } from './replication/activate';
import { createReplicationCommand } from './replication/create';
import { editReplicationCommand } from './replication/edit';
import { describeReplicationCommand, getReplicationsCommand } from './replication/get';
import { keyCommand } from './replication/key';
import {
  deleteReplicationCommand,
  pauseReplicationCommand,
  unpauseReplicationCommand,
} from './replication/pause';

/** `lifeboat replication`. */
export function replicationCommand(line: CommandLine): Command {
  const command = new Command('replication').description(
    'rules: when a backup lands, restore it into other clusters',
  );
  for (const make of [
    createReplicationCommand,
    getReplicationsCommand,
    describeReplicationCommand,
    pauseReplicationCommand,
    unpauseReplicationCommand,
    editReplicationCommand,
    activateReplicationCommand,
    deleteReplicationCommand,
    keyCommand,
  ]) {
    command.addCommand(make(line));
  }
  return command;
}
