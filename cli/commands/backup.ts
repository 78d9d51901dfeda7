import type { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { acceptCommand } from './backup/accept';
import { copyBackupCommand } from './backup/copy';
import { createBackupCommand } from './backup/create';
import { deleteBackupCommand } from './backup/delete';
import { describeBackupCommand } from './backup/describe';
import { diffCommand } from './backup/diff';
import { downloadCommand } from './backup/download';
import { exportBackupCommand } from './backup/export';
import { getBackupsCommand } from './backup/get';
import { holdCommand, releaseCommand } from './backup/hold';
import { backupLogsCommand } from './backup/logs';
import { searchCommand } from './backup/search';
import { showCommand } from './backup/show';
import { treeCommand } from './backup/tree';
import { undeleteBackupCommand } from './backup/undelete';
import { verifyBackupCommand } from './backup/verify';
import { nounCommand } from './noun';

/** `lifeboat backup`. */
export function backupCommand(line: CommandLine): Command {
  return nounCommand('backup', line, [
    createBackupCommand,
    getBackupsCommand,
    describeBackupCommand,
    backupLogsCommand,
    treeCommand,
    showCommand,
    exportBackupCommand,
    diffCommand,
    searchCommand,
    downloadCommand,
    verifyBackupCommand,
    copyBackupCommand,
    deleteBackupCommand,
    undeleteBackupCommand,
    holdCommand,
    releaseCommand,
    acceptCommand,
  ]);
}
