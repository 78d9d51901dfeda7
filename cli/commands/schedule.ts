import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { createScheduleCommand } from './schedule/create';
import { editScheduleCommand } from './schedule/edit';
import { describeScheduleCommand, getSchedulesCommand } from './schedule/get';
import { deleteScheduleCommand, pauseCommand, skipCommand, unpauseCommand } from './schedule/pause';
import { runScheduleCommand } from './schedule/run';

/** `lifeboat schedule`. */
export function scheduleCommand(line: CommandLine): Command {
  const command = new Command('schedule').description('backups made by the clock');
  for (const make of [
    createScheduleCommand,
    getSchedulesCommand,
    describeScheduleCommand,
    pauseCommand,
    unpauseCommand,
    skipCommand,
    runScheduleCommand,
    editScheduleCommand,
    deleteScheduleCommand,
  ]) {
    command.addCommand(make(line));
  }
  return command;
}
