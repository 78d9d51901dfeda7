import { isKind, LifeboatError } from '../../../platform/errors';
import type { OriginVerdict } from '../../manifests/origin-verdict';
import type { ObjectStore } from '../../../platform/oss/port';
import type { ArchiveLimits } from '../untrusted/archive-limits';
import type { BackupContents } from '../archive-types';
import type { Catalogue } from '../side-files/catalogue';
import { parseCatalogue } from '../side-files/catalogue-file';
import { corruptArchive } from '../untrusted/corrupt-archive';
import { ForeignContents } from './foreign-contents';
import { backupKeys } from '../layout';
import { OwnContents } from './own-contents';
import type { SkippedEntry } from './skipped-entries';
import { readGzippedJson } from '../side-files/gzipped-json';

/**
 * Opens the archive of a backup: ours through its catalogue, any other by reading it from its first byte to its last.
 * `close` it in the end. A bad entry makes all of it `corrupt`; where the origin is proved and somebody takes what is
 * skipped, that entry is skipped instead. What is proved has a catalogue.
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
    /** How the origin of the backup was judged. Nothing is skipped in one that is not proved. */
    origin?: OriginVerdict;
    /** Takes the entries that are skipped because they are bad: each is to be said, since it is not among the objects. */
    skipped?: (entry: SkippedEntry) => void;
    /** Bytes up to which an archive of ours stays in memory from `check` on, and is not fetched again. Default 0. */
    keptUpTo?: number;
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
  const skipped = options.origin?.verdict === 'proved' ? options.skipped : undefined;
  return new OwnContents({
    ...common,
    members: catalogue.members,
    proof,
    ...(skipped && { skipped }),
    keptUpTo: options.keptUpTo,
  });
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
