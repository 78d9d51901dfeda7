import { Command } from 'commander';
import type { CommandLine } from '../../command-line';
import { provedVaultOf } from '../../proved-backup';
import { withUnproved } from '../../options/unproved';
import { document } from '../../output/document';
import { type OutputFormat, outputOption } from '../../output/output-format';
import { size } from '../../output/size';

interface DownloadFlags {
  vault?: string;
  unproved?: string;
  output?: OutputFormat;
}

const words = { sha256: 'what was written', crc64: 'what OSS holds' } as const;

/** `lifeboat backup download`. */
export function downloadCommand(line: CommandLine): Command {
  const command = new Command('download')
    .argument('<name>', 'the backup')
    .argument('[folder]', 'folder to make; default the name of the backup')
    .description('every file of a backup, each verified')
    .option('--vault <name>', 'vault to look in; default all')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nThe archive holds the Secrets of the backup in clear: files are readable by you alone.\n\n' +
        'Example:\n  lifeboat backup download shop-1',
    )
    .action(async (name: string, folder: string | undefined, flags: DownloadFlags) => {
      const { downloadBackup } = await import('../../../shared/operations/browse/download-backup');
      const vault = await provedVaultOf(line, await line.open(), { backup: name, ...flags });
      const target = folder ?? name;
      const files = await downloadBackup(vault.store, name, target, (file, bytes) => {
        if (line.screen.live) line.screen.note(`${file} ${size(bytes)}`);
      });
      if (flags.output) line.screen.out(await document({ folder: target, files }, flags.output));
      else {
        const { table } = await import('../../output/table');
        const rows = files.map(({ file, bytes, verified }) => [file, size(bytes), words[verified]]);
        line.screen.out(table(['file', 'size', 'verified: it is'], rows));
        line.screen.note(`${files.length} files in ${target}.`);
      }
    });
  return withUnproved(command);
}
