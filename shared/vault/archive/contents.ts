import { isKind, LifeboatError } from '../../errors';
import type { ObjectStore } from '../../store/port';
import type { ArchiveLimits } from './archive-limits';
import type { BackupContents } from './archive-types';
import type { Catalogue } from '../side-files/catalogue';
import { parseCatalogue } from '../side-files/catalogue-file';
import { corruptArchive } from './corrupt-archive';
import { ForeignContents } from './foreign-contents';
import { backupKeys } from '../layout';
import { OwnContents } from './own-contents';
import { readGzippedJson } from '../side-files/gzipped-json';

/**
 * Opens the archive of a backup: ours through its catalogue, any other by reading it from its first byte to its last.
 * `close` it in the end.
 * @param vault bound to the vault's subdirectory
 * @throws LifeboatError `not-found` naming the backup; `corrupt` when its catalogue cannot be read or does not fit
 */
export async function openContents(
  vault: ObjectStore,
  backupName: string,
  options: {
    /** Takes a foreign archive, packed. */
    temporaryDirectory: string;
    limits?: ArchiveLimits;
  },
): Promise<BackupContents> {
  const key = backupKeys(backupName).archive;
  const [head, catalogue] = await Promise.all([vault.head(key), readCatalogue(vault, backupName)]);
  if (!head) {
    throw new LifeboatError('not-found', `backup ${backupName} has no archive in ${vault.name}`, {
      hint: 'list the backups of the vault to see which there are',
    });
  }
  const common = { vault, key, etag: head.etag, limits: options.limits };
  if (!catalogue) return new ForeignContents({ ...common, temporaryDirectory: options.temporaryDirectory });
  const proof = Object.hasOwn(catalogue.objects, key) ? catalogue.objects[key] : undefined;
  if (!proof || proof.size !== head.size)
    throw corruptArchive(key, 'is not the archive its catalogue describes');
  return new OwnContents({ ...common, members: catalogue.members, proof });
}

/** The catalogue of a backup of ours; undefined for a foreign one. @throws LifeboatError `corrupt` naming it */
export async function readCatalogue(vault: ObjectStore, backupName: string): Promise<Catalogue | undefined> {
  const { catalogue } = backupKeys(backupName);
  try {
    return parseCatalogue(catalogue, await readGzippedJson(vault, catalogue));
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}
