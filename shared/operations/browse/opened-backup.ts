import type { OriginVerdict } from '../../formats/manifests/origin-verdict';
import type { ObjectStore } from '../../platform/oss/port';
import type { BackupContents } from '../../formats/vault/archive-types';
import type { SkippedEntry } from '../../formats/vault/archive/skipped-entries';
import { readBackup } from '../../formats/vault/backup-manifest';
import { openContents, readCatalogue } from '../../formats/vault/archive/contents';
import { archivedResources } from './archived-resources';

/** A backup whose objects can be asked for by the names that people use. */
export interface OpenedBackup {
  name: string;
  contents: BackupContents;
  /** Velero's names of the resources that it may mean. */
  resources(text: string): Promise<string[]>;
  close(): Promise<void>;
}

/** How a backup is opened to be looked into. */
export interface LookingInto {
  /** Takes the archive of a foreign backup. */
  temporaryDirectory: string;
  /** How its origin was judged. */
  origin: OriginVerdict;
  /** Takes bad entries, which are skipped where the origin is proved. */
  skipped: (entry: SkippedEntry) => void;
}

/** Opens a backup of ours or of Velero to look into it. Throws `not-found` naming it, or `corrupt`. */
export async function openedBackup(
  vault: ObjectStore,
  name: string,
  options: LookingInto,
): Promise<OpenedBackup> {
  await readBackup(vault, name);
  const contents = await openContents(vault, name, options);
  let held: Promise<string[]> | undefined;
  return {
    name,
    contents,
    async resources(text) {
      held ??= heldResources(vault, name, contents);
      return archivedResources(text, await held);
    },
    close: () => contents.close(),
  };
}

/** From the catalogue; of a foreign archive by reading it. */
async function heldResources(vault: ObjectStore, name: string, contents: BackupContents): Promise<string[]> {
  const catalogue = await readCatalogue(vault, name);
  if (catalogue) return Object.keys(catalogue.counts);
  const held = new Set<string>();
  await contents.check(({ groupResource }) => void held.add(groupResource));
  return [...held];
}
