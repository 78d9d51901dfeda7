import { Command } from 'commander';
import type { State } from '../../shared/state/state';
import type { CommandLine } from '../command-line';
import { document } from '../output/document';
import { type ListFlags, showList, withListFlags } from '../output/list-flags';
import type { Listing } from '../output/print';

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
  const command = new Command('get')
    .argument('[name]')
    .description(`list the ${listing.what}, or show one`)
    .addHelpText('after', `\nExample:\n  lifeboat ${listing.what.replace(/s$/, '')} get -o wide`);
  return withListFlags(command).action(async (name: string | undefined, flags: ListFlags) => {
    const manifests = folder((await line.open()).state);
    if (name !== undefined && flags.output && flags.output !== 'wide' && !flags.watch) {
      line.screen.out(document(shown(await manifests.get(name)), flags.output));
      return;
    }
    await showList(line, listing, flags, async () => {
      if (name !== undefined) return { items: [shown(await manifests.get(name))] };
      const { items, unreadable } = await manifests.list();
      return { items: items.map(shown), unreadable };
    });
  });
}
