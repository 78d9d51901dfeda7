import { Command } from 'commander';
import { instant } from '../../../shared/formats/manifests/instant';
import type { CommandLine } from '../../command-line';
import { pointInTime } from '../../options/timing';
import { byNameCommand } from '../by-name';
import { runNow } from './run';

const changes = () => import('../../../shared/app/schedules/change-schedule');

/** `schedule pause`. */
export function pauseCommand(line: CommandLine): Command {
  return byNameCommand(line, {
    verb: 'pause',
    description: 'let no slot come due until it is unpaused',
    example: 'schedule pause nightly',
    act: async (installation, name) => (await changes()).pauseSchedule(installation, name),
    done: (name) => `Schedule ${name} paused.`,
  });
}

/** `schedule unpause`. */
export function unpauseCommand(line: CommandLine): Command {
  return new Command('unpause')
    .argument('<name>')
    .description('let slots come due again from now on; nothing is made up for')
    .option('--run-now', 'back up now too')
    .addHelpText('after', '\nExample:\n  lifeboat schedule unpause nightly --run-now')
    .action(async (name: string, flags: { runNow?: boolean }) => {
      const { unpauseSchedule } = await changes();
      await unpauseSchedule(await line.open(), name);
      line.screen.out(`Schedule ${name} unpaused.`);
      if (flags.runNow) await runNow(line, name);
    });
}

/** `schedule skip`. */
export function skipCommand(line: CommandLine): Command {
  return new Command('skip')
    .argument('<name>')
    .description('let one slot pass: the next one')
    .option('--slot <time>', 'another slot to come, in UTC: 2026-11-22T22:15:00Z', pointInTime)
    .addHelpText('after', '\nExample:\n  lifeboat schedule skip nightly')
    .action(async (name: string, flags: { slot?: Date }) => {
      const { skipSlot } = await changes();
      const slot = await skipSlot(await line.open(), name, flags.slot);
      line.screen.out(`Schedule ${name} skips its slot of ${instant(slot)}.`);
    });
}

/** `schedule delete`. */
export function deleteScheduleCommand(line: CommandLine): Command {
  return byNameCommand(line, {
    verb: 'delete',
    description: 'delete a schedule; its backups stay until their time is over',
    example: 'schedule delete nightly',
    act: async (installation, name) => (await changes()).deleteSchedule(installation, name),
    done: (name) => `Schedule ${name} deleted; its backups stay.`,
  });
}
