import type { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { createScheduleCommand } from './schedule/create';
import { editScheduleCommand } from './schedule/edit';
import { describeScheduleCommand, getSchedulesCommand } from './schedule/get';
import { deleteScheduleCommand, pauseCommand, skipCommand, unpauseCommand } from './schedule/pause';
import { runScheduleCommand } from './schedule/run';
import { nounCommand } from './noun';

/** `lifeboat schedule`. */
export function scheduleCommand(line: CommandLine): Command {
  return nounCommand('schedule', line, [
    createScheduleCommand,
    getSchedulesCommand,
    describeScheduleCommand,
    pauseCommand,
    unpauseCommand,
    skipCommand,
    runScheduleCommand,
    editScheduleCommand,
    deleteScheduleCommand,
  ]);
}
