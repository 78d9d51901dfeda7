import { Command } from 'commander';
import type { Installation } from '../../shared/installation/installation';
import type { ManifestFolder } from '../../shared/state/manifests/manifest-folder';
import type { State } from '../../shared/state/state';
import type { CommandLine } from '../command-line';
import { document, type OutputFormat, outputFormat } from '../output/document';
import { type ListFlags, showList, withListFlags } from '../output/list-flags';
import type { Listing } from '../output/print';

/** Manifests of one kind that are shown with how they stand. */
export interface KindWithStatus<T, S> {
  listing: Listing<T & { status: S }>;
  folder(state: State): ManifestFolder<T>;
  /** In the order of `items`. @param closely for one that is described */
  statuses(installation: Installation, items: readonly T[], closely: boolean): Promise<S[]>;
  /** For people. */
  describe(manifest: T, status: S): string;
}

/** `get [name]`: a table of all, or one; with `-o` the manifests and how they stand. */
export function getWithStatusCommand<T, S>(
  line: CommandLine,
  description: string,
  kind: KindWithStatus<T, S>,
): Command {
  const command = new Command('get').argument('[name]').description(description);
  return withListFlags(command).action(async (name: string | undefined, flags: ListFlags) => {
    const folder = kind.folder((await line.open()).state);
    if (name !== undefined && flags.output && flags.output !== 'wide' && !flags.watch) {
      const [row] = await withStatus(line, kind, [await folder.get(name)], false);
      line.screen.out(document(row, flags.output));
      return;
    }
    await showList(line, kind.listing, flags, async () => {
      const { items, unreadable } =
        name === undefined ? await folder.list() : { items: [await folder.get(name)], unreadable: [] };
      return { items: await withStatus(line, kind, items, false), unreadable };
    });
  });
}

/** `describe <name>`: all that is known of one. */
export function describeWithStatusCommand<T, S>(
  line: CommandLine,
  description: string,
  kind: KindWithStatus<T, S>,
): Command {
  return new Command('describe')
    .argument('<name>')
    .description(description)
    .option('-o, --output <format>', 'json or yaml', outputFormat)
    .action(async (name: string, { output }: { output?: OutputFormat }) => {
      const manifest = await kind.folder((await line.open()).state).get(name);
      const [row] = await withStatus(line, kind, [manifest], true);
      line.screen.out(output ? document(row, output) : kind.describe(row!, row!.status));
    });
}

async function withStatus<T, S>(
  line: CommandLine,
  kind: KindWithStatus<T, S>,
  items: readonly T[],
  closely: boolean,
): Promise<(T & { status: S })[]> {
  const statuses = await kind.statuses(await line.open(), items, closely);
  return items.map((manifest, index) => ({ ...manifest, status: statuses[index]! }));
}
