import { Command } from 'commander';
import type { State } from '../../shared/state/state';
import type { CommandLine } from '../command-line';
import { document, type OutputFormat, outputFormat } from '../output/document';
import { type Listing, printList } from '../output/print';

/** What `get` needs of a folder of manifests. */
interface Folder<T> {
  get(name: string): Promise<T>;
  list(): Promise<{ items: T[]; unreadable: { name: string; reason: string }[] }>;
}

/** `get [name]` of one kind of manifest: a table of all, or one; `-o` prints what is kept. `shown` hides what is not for a screen. */
export function getManifestsCommand<T>(
  line: CommandLine,
  listing: Listing<T>,
  folder: (state: State) => Folder<T>,
  shown: (manifest: T) => T = (manifest) => manifest,
): Command {
  return new Command('get')
    .argument('[name]')
    .description(`list the ${listing.what}, or show one`)
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action(async (name: string | undefined, { output }: { output?: OutputFormat }) => {
      const manifests = folder((await line.open()).state);
      if (name === undefined) {
        const { items, unreadable } = await manifests.list();
        printList(line, listing, items.map(shown), { output, unreadable });
        return;
      }
      const found = shown(await manifests.get(name));
      if (output) line.screen.out(document(found, output));
      else printList(line, listing, [found]);
    });
}
