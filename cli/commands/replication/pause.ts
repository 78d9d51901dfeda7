import { Command } from 'commander';
import type { CommandLine } from '../../command-line';

/** `replication pause`. */
export function pauseReplicationCommand(line: CommandLine): Command {
  return new Command('pause')
    .argument('<name>')
    .description('restore nothing more by this rule until it is unpaused; what is under way goes on')
    .action(async (name: string) => {
      const { pauseReplication } = await import('../../../shared/installation/change-replication');
      await pauseReplication(await line.open(), name);
      line.screen.out(`Replication ${name} paused.`);
    });
}

/** `replication unpause`. */
export function unpauseReplicationCommand(line: CommandLine): Command {
  return new Command('unpause')
    .argument('<name>')
    .description('let the rule go on, with the newest backup; those between are passed over')
    .action(async (name: string) => {
      const { unpauseReplication } = await import('../../../shared/installation/change-replication');
      await unpauseReplication(await line.open(), name);
      line.screen.out(`Replication ${name} unpaused: it goes on within the hour, or when a backup lands.`);
    });
}

/** `replication delete`. */
export function deleteReplicationCommand(line: CommandLine): Command {
  return new Command('delete')
    .argument('<name>')
    .description('delete a rule; what it created in its targets stays')
    .action(async (name: string) => {
      const { deleteReplication } = await import('../../../shared/installation/change-replication');
      await deleteReplication(await line.open(), name);
      line.screen.out(`Replication ${name} deleted; what it created in its targets stays.`);
    });
}
