import { Command } from 'commander';
import type { Installation } from '../../shared/app/installation';
import type { ManifestFolder } from '../../shared/formats/state/manifests/manifest-folder';
import type { State } from '../../shared/formats/state/state';
import type { CommandLine } from '../command-line';
import { type OutputFormat, outputOption } from '../output/output-format';
import { type Listing, printOne } from '../output/print';
import { type Manifest, withRevision } from '../../shared/app/apply/text-revision';
import { getManifestsCommand } from './get-manifests';

/** Manifests of one kind that are shown with how they stand. */
export interface KindWithStatus<T extends Manifest, S extends object> {
  listing: Listing<T & { status: S }>;
  folder(state: State): ManifestFolder<T>;
  /** In the order of `items`. @param closely for one that is described */
  statuses(installation: Installation, items: readonly T[], closely: boolean): Promise<S[]>;
  /** For people. */
  describe(manifest: T, status: S): string;
}

/** `get [name]`. @param told what is told of each */
export function getWithStatusCommand<T extends Manifest, S extends object>(
  line: CommandLine,
  told: string,
  kind: KindWithStatus<T, S>,
): Command {
  return getManifestsCommand(line, {
    listing: kind.listing,
    folder: kind.folder,
    shown: (installation, items) => withStatus(installation, kind, items, false),
    told,
  });
}

/** `describe <name>`: all that is known of one. @param example a command line of it */
export function describeWithStatusCommand<T extends Manifest, S extends object>(
  line: CommandLine,
  { description, example }: { description: string; example: string },
  kind: KindWithStatus<T, S>,
): Command {
  return new Command('describe')
    .argument('<name>')
    .description(description)
    .addOption(outputOption())
    .addHelpText('after', `\nExample:\n  ${example}`)
    .action(async (name: string, { output }: { output?: OutputFormat }) => {
      const installation = await line.open();
      const manifest = await kind.folder(installation.state).get(name);
      const [row] = await withStatus(installation, kind, [manifest], true);
      await printOne(line, row, output, () => kind.describe(row!, row!.status));
    });
}

async function withStatus<T extends Manifest, S extends object>(
  installation: Installation,
  kind: KindWithStatus<T, S>,
  items: readonly T[],
  closely: boolean,
): Promise<(T & { status: S })[]> {
  const statuses = await kind.statuses(installation, items, closely);
  return items.map((manifest, index) => ({
    ...manifest,
    status: withRevision(manifest, statuses[index]!),
  }));
}
