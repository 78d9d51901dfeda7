import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { CommandLine } from '../command-line';
import { contextFile, writeContext } from '../context-file';
import { readTextFile } from '../text-file';

interface LocalFlags {
  kubeconfig?: string;
  context?: string;
  directory: string;
}

/** `lifeboat local`: the whole of Lifeboat on one machine, until it is stopped. */
export function localCommand(line: CommandLine): Command {
  return new Command('local')
    .option(
      '--kubeconfig <file>',
      'work on this cluster instead of the sandboxes; its backups stay on this machine',
    )
    .option('--context <name>', 'context of the kubeconfig; default its current one')
    .option('--directory <path>', 'where backups and state are kept', '.lifeboat')
    .addHelpText('after', '\nExample:\n  lifeboat local')
    .action(async (flags: LocalFlags) => {
      const { startPlayground } = await import('../../local/playground');
      const { screen } = line;
      const started = await startPlayground({
        directory: resolve(flags.directory),
        dist: join(__dirname, '..'),
        kubeconfig: flags.kubeconfig === undefined ? undefined : await readTextFile(flags.kubeconfig),
        context: flags.context,
        say: (text) => screen.note(text),
        log: (name, text) => {
          if (/\[(warn|error)\]/.test(text)) screen.note(screen.colors.dim(`${name}: ${text}`));
        },
      });
      await writeContext(contextFile, started.machine.environment);
      screen.out(
        [
          '',
          `OSS         ${started.machine.oss.endpoint}`,
          `HTTP API    ${started.machine.fc.apiUrl}`,
          `API token   ${started.machine.fc.apiToken}`,
          `Clusters    ${started.clusters.map(({ name, kubeconfigFile }) => `${name} (${kubeconfigFile})`).join(', ')}`,
          `Vault       ${started.vault}`,
          `Files       ${join(resolve(flags.directory), 'oss')}`,
          '',
          'In another terminal, in this folder:',
          ...started.suggestions.map((suggestion) => `  ${suggestion}`),
          '',
          'Ctrl-C stops it; what is backed up stays.',
        ].join('\n'),
      );
      await new Promise<void>((done) => {
        process.once('SIGINT', done);
        process.once('SIGTERM', done);
      });
      screen.note('\nStopping.');
      await started.close();
    });
}
