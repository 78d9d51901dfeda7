import { Command } from 'commander';
import { LifeboatError } from '../../shared/platform/errors';
import type { CommandLine } from '../command-line';
import { fileWords, readTextFile } from '../text-file';

/** `lifeboat apply -f FILE`. */
export function applyCommand(line: CommandLine): Command {
  return new Command('apply')
    .requiredOption(
      '-f, --filename <file...>',
      'YAML or JSON, several with --- between; - for standard input',
    )
    .option('--dry-run', 'check everything and change nothing')
    .addHelpText(
      'after',
      '\nExample:\n  lifeboat schedule get -o yaml > schedules.yaml\n  lifeboat apply -f schedules.yaml --dry-run',
    )
    .action(async ({ filename, dryRun = false }: { filename: string[]; dryRun?: boolean }) => {
      const { applyManifest } = await import('../../shared/app/apply/apply-manifest');
      const { readManifestTexts } = await import('../manifest-text');
      const given: { manifest: unknown; what: string }[] = [];
      for (const file of filename) {
        const what = fileWords(file);
        const manifests = readManifestTexts(await readTextFile(file), what).flatMap(itemsOf);
        given.push(...manifests.map((manifest) => ({ manifest, what })));
      }
      if (given.length === 0) {
        throw new LifeboatError('invalid', 'there is no manifest in what was given', {
          hint: 'write one as `lifeboat schedule get -o yaml` prints it',
        });
      }
      const installation = await line.open();
      for (const { manifest, what } of given) {
        const applied = await applyManifest(installation, manifest, { dryRun, what });
        line.screen.out(`${applied.word}/${applied.name} ${applied.outcome}${dryRun ? ' (dry run)' : ''}`);
      }
    });
}

/** `get -o yaml` prints a list as `items`. */
function itemsOf(value: unknown): unknown[] {
  const { items } = (value ?? {}) as { items?: unknown };
  return Array.isArray(items) ? items : [value];
}
