import type { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { byNameCommand } from '../by-name';

const changes = () => import('../../../shared/app/replications/change-replication');

/** `replication pause`. */
export function pauseReplicationCommand(line: CommandLine): Command {
  return byNameCommand(line, {
    verb: 'pause',
    description: 'restore nothing more by this rule until it is unpaused; what is under way goes on',
    example: 'replication pause standby',
    act: async (installation, name) => (await changes()).pauseReplication(installation, name),
    done: (name) => `Replication ${name} paused.`,
  });
}

/** `replication unpause`. */
export function unpauseReplicationCommand(line: CommandLine): Command {
  return byNameCommand(line, {
    verb: 'unpause',
    description: 'let the rule go on, with the newest backup; those between are passed over',
    example: 'replication unpause standby',
    act: async (installation, name) => (await changes()).unpauseReplication(installation, name),
    done: (name) => `Replication ${name} unpaused: it goes on within the hour, or when a backup lands.`,
  });
}

/** `replication delete`. */
export function deleteReplicationCommand(line: CommandLine): Command {
  return byNameCommand(line, {
    verb: 'delete',
    description: 'delete a rule; what it created in its targets stays',
    example: 'replication delete standby',
    act: async (installation, name) => (await changes()).deleteReplication(installation, name),
    done: (name) => `Replication ${name} deleted; what it created in its targets stays.`,
  });
}
