import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import type { CleanObject, LeftOut } from '../../../shared/operations/browse/export-backup';
import { LifeboatError } from '../../../shared/platform/errors';
import type { CommandLine } from '../../command-line';
import { provedVaultOf, tellSkipped } from '../../proved-backup';
import { withUnproved } from '../../options/unproved';
import { commaSeparated } from '../../options/lists';
import { counted } from '../../../shared/platform/counted';

interface ExportFlags {
  vault?: string;
  unproved?: string;
  namespace?: string[];
  includeSecrets?: boolean;
  tar?: boolean;
}

/** `lifeboat backup export`. */
export function exportBackupCommand(line: CommandLine): Command {
  const command = new Command('export')
    .argument('<name>', 'the backup')
    .argument('<target>', 'folder to make; with --tar a file, or - for standard output')
    .description('the objects of a backup as clean YAML, a file each, to keep in git')
    .option('--vault <name>', 'vault to look in; default all')
    .option('-n, --namespace <names>', 'only these namespaces', commaSeparated)
    .option('--include-secrets', 'Secrets too, with their values in clear')
    .option('--tar', 'as a tar file instead of a folder')
    .addHelpText(
      'after',
      '\nWithout status and what servers and controllers set, and without objects that the cluster makes by itself.\n\n' +
        'Examples:\n  lifeboat backup export shop-1 ./shop -n shop\n' +
        '  lifeboat backup export shop-1 - --tar | tar -t',
    )
    .action(async (name: string, target: string, flags: ExportFlags) => {
      const [{ cleanObjects }, { openContents }] = await Promise.all([
        import('../../../shared/operations/browse/export-backup'),
        import('../../../shared/formats/vault/archive/contents'),
      ]);
      if (target !== '-' && existsSync(target))
        throw new LifeboatError('invalid', `${target} exists`, { hint: 'name one that does not exist' });
      if (target === '-' && !flags.tar)
        throw new LifeboatError('invalid', 'a folder cannot go to standard output', { hint: 'add --tar' });
      const vault = await provedVaultOf(line, await line.open(), { backup: name, ...flags });
      const contents = await openContents(vault.store, name, {
        temporaryDirectory: tmpdir(),
        origin: vault.origin,
        skipped: (entry) => tellSkipped(line, name, entry),
      });
      const leftOut: LeftOut = new Map();
      try {
        const options = { namespaces: flags.namespace, secrets: flags.includeSecrets };
        const objects = cleanObjects(contents, options, leftOut);
        const written = await (flags.tar ? writeTar(target, objects) : writeFolder(target, objects));
        line.screen.note(`${counted(written, 'object')} written${target === '-' ? '' : ` to ${target}`}.`);
      } finally {
        await contents.close();
      }
      for (const [reason, count] of [...leftOut].sort(([, a], [, b]) => b - a))
        line.screen.note(`${count} left out: ${reason}`);
    });
  return withUnproved(command);
}

/** The folder has its name when all of it is there, and not before. */
async function writeFolder(folder: string, objects: AsyncIterable<CleanObject>): Promise<number> {
  const [{ pathOf }, { yamlOf }] = await Promise.all([
    import('../../../shared/operations/browse/export-backup'),
    import('../../../shared/operations/browse/yaml'),
  ]);
  const parts = `${folder}.part`;
  await rm(parts, { recursive: true, force: true });
  await mkdir(parts, { recursive: true });
  const made = new Set<string>();
  let count = 0;
  try {
    for await (const item of objects) {
      const path = join(parts, pathOf(item));
      const directory = dirname(path);
      if (!made.has(directory)) await mkdir(directory, { recursive: true });
      made.add(directory);
      const secret = item.groupResource === 'secrets';
      await writeFile(path, yamlOf(item.object), { flag: 'wx', mode: secret ? 0o600 : 0o644 });
      count += 1;
    }
    await rename(parts, folder);
  } catch (error) {
    await rm(parts, { recursive: true, force: true });
    throw error;
  }
  return count;
}

async function writeTar(file: string, objects: AsyncIterable<CleanObject>): Promise<number> {
  const { tarOf } = await import('../../../shared/operations/browse/export-tar');
  const { createWriteStream } = await import('node:fs');
  const { pipeline } = await import('node:stream/promises');
  const counted = { count: 0 };
  const target = file === '-' ? process.stdout : createWriteStream(file, { flags: 'wx', mode: 0o600 });
  await pipeline(tarOf(objects, counted), target, { end: file !== '-' });
  return counted.count;
}
