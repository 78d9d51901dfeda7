import type { Command } from 'commander';
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
import { nounCommand } from './noun';

/** `lifeboat replication`. */
export function replicationCommand(line: CommandLine): Command {
  return nounCommand('replication', line, [
    createReplicationCommand,
    getReplicationsCommand,
    describeReplicationCommand,
    pauseReplicationCommand,
    unpauseReplicationCommand,
    editReplicationCommand,
    activateReplicationCommand,
    deleteReplicationCommand,
    keyCommand,
  ]);
}
