import { Command } from 'commander';
import type { Installation } from '../../shared/app/installation';
import type { State } from '../../shared/formats/state/state';
import type { CommandLine } from '../command-line';
import { type ListFlags, showList, withListFlags } from '../output/list-flags';
import type { Listing } from '../output/print';

/** Manifests of one kind, and how a screen shows them. */
export interface ShownManifests<T, S> {
  listing: Listing<S>;
  folder(state: State): {
    get(name: string): Promise<T>;
    list(): Promise<{ items: T[]; unreadable: { name: string; reason: string }[] }>;
  };
  /** Without what is sealed, with how they stand. In the order of `manifests`. */
  shown(installation: Installation, manifests: readonly T[]): Promise<S[]>;
  /** What is told of each, where it is more than the manifest: `when the next backup is due`. */
  told?: string;
}

/** `get [name]`: a table of all, or one; `-o` prints what is kept. */
export function getManifestsCommand<T, S>(
  line: CommandLine,
  { listing, folder, shown, told }: ShownManifests<T, S>,
): Command {
  const command = new Command('get')
    .argument('[name]')
    .description(`list the ${listing.what}, or show one${told === undefined ? '' : `: ${told}`}`)
    .addHelpText('after', `\nExample:\n  lifeboat ${listing.what.replace(/s$/, '')} get -o wide`);
  return withListFlags(command).action(async (name: string | undefined, flags: ListFlags) => {
    const installation = await line.open();
    const manifests = folder(installation.state);
    await showList(line, listing, flags, async () => {
      if (name !== undefined) {
        const [one] = await shown(installation, [await manifests.get(name)]);
        return { one: one! };
      }
      const { items, unreadable } = await manifests.list();
      return { items: await shown(installation, items), unreadable };
    });
  });
}
