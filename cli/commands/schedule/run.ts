import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { exitCodes } from '../../exit-codes';
import { commaSeparated } from '../../options/lists';
import { waitAndReport, withWait } from '../../options/wait';

/** `schedule run`. */
export function runScheduleCommand(line: CommandLine): Command {
  const command = new Command('run')
    .argument('<name>')
    .description('make its backup now, paused or not; the slots stay as they are')
    .option('--cluster <names>', 'only of these clusters; default all of the schedule', commaSeparated)
    .addHelpText('after', '\nExample:\n  lifeboat schedule run nightly --wait')
    .action(async (name: string, flags: { cluster?: string[]; wait?: boolean }) => {
      const backups = await runNow(line, name, flags.cluster);
      if (flags.wait) await waitForAll(line, backups);
    });
  return withWait(command);
}

/** The exit code is that of the worst. */
async function waitForAll(line: CommandLine, backups: readonly string[]): Promise<void> {
  const codes = new Set<number>();
  for (const backup of backups) {
    await waitAndReport({ ...line, exitWith: (code) => codes.add(code) }, 'backups', backup);
  }
  const { runFailed, runPartiallyFailed, done } = exitCodes;
  line.exitWith([runFailed, runPartiallyFailed].find((code) => codes.has(code)) ?? done);
}

/** Asks for the backups of a schedule now; answers with their names. */
export async function runNow(line: CommandLine, name: string, clusters?: string[]): Promise<string[]> {
  const { runSchedule } = await import('../../../shared/app/schedules/run-schedule');
  const requested = await runSchedule(await line.open(), name, clusters);
  const names = requested.map(({ run }) => run.name);
  for (const backup of names) line.screen.note(`Backup ${backup} requested.`);
  return names;
}
