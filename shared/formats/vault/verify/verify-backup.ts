import type { OriginVerdict } from '../../manifests/origin-verdict';
import type { ObjectStore } from '../../../platform/oss/port';
import { ArchiveTally } from '../archive/archive-tally';
import type { ArchivedItem } from '../archive-types';
import { parseBackup, readManifestBytes } from '../backup-manifest';
import { readSeal, type Seal } from '../proof/backup-seal';
import type { Catalogue } from '../side-files/catalogue';
import { openContents } from '../archive/contents';
import { describeBackup } from '../describe-backup';
import { backupKeys } from '../layout';
import { readable } from './readable';
import { Warnings } from '../untrusted/warnings';
import { type Verification, Verifying } from './verification';
import { verifyCounts } from './verify-counts';
import { noChecksum, verifyForeignObjects } from './verify-foreign-objects';
import { verifyCatalogue, verifyObjects } from './verify-own-objects';

export interface VerifyOptions {
  /** How the origin of the backup was judged, which takes more than the vault. */
  origin: OriginVerdict;
  /** Takes a foreign archive, packed. */
  temporaryDirectory: string;
  /** Told how many objects of the archive were checked, of how many. */
  progress?: (done: number, total: number | undefined) => void;
}

const originPart = 'who wrote it';

/**
 * Reads every object of a backup again and proves it, from the vault alone but for its origin: each against its length, SHA-256 and CRC-64,
 * the archive entry by entry, and the counts against one another. Of a backup that Velero wrote it proves what hangs
 * together, and says of the rest that nothing is there to prove it with.
 * @throws LifeboatError `not-found` when there is no such backup; what the store throws while it does not answer
 */
export async function verifyBackup(
  vault: ObjectStore,
  name: string,
  options: VerifyOptions,
): Promise<Verification> {
  const keys = backupKeys(name);
  const { origin } = options;
  const verifying = new Verifying();
  addOrigin(origin, verifying);
  const sizes = await sizesOf(vault, keys.directory);
  const manifest = await readable(() => readManifestBytes(vault, name));
  const seal: Seal = manifest.value ? readSeal(manifest.value) : { state: 'broken' };
  const sealed = manifest.value !== undefined && seal.state !== 'absent';
  const ours = sealed || sizes.has(keys.catalogue);

  const backup = manifest.value && (await readable(async () => parseBackup(name, manifest.value!)));
  const unread = [manifest, backup].find((one) => one?.problem !== undefined);
  if (unread) verifying.failed(keys.manifest, unread);
  else if (!ours) verifying.add(keys.manifest, 'unprovable', noChecksum);
  else verifying.judge(keys.manifest, sealProblem(seal));

  const description = (await readable(() => describeBackup(vault, name))).value;
  let catalogue: Catalogue | undefined;
  if (ours) {
    catalogue = await verifyCatalogue(vault, name, seal, sizes, verifying);
    await verifyObjects(vault, name, catalogue, sizes, verifying);
  } else {
    await verifyForeignObjects(vault, name, description, sizes, verifying);
  }
  const tally = new ArchiveTally(description?.resourceList);
  const phase = backup?.value?.status.phase;
  const whole = await verifyArchive({
    vault,
    name,
    ours,
    phase,
    catalogue,
    sizes,
    tally,
    verifying,
    ...options,
  });
  if (whole) verifyCounts(backup?.value, description, catalogue, tally, verifying, ours);
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const writer = ours ? 'lifeboat' : 'velero';
  return {
    backup: name,
    origin,
    writer,
    proof: verifying.proof,
    parts: verifying.parts,
    items: tally.items,
    bytes,
  };
}

/** The bytes can be whole, and still not what Lifeboat wrote. */
function addOrigin(origin: OriginVerdict, verifying: Verifying): void {
  if (origin.verdict === 'proved') verifying.add(originPart, 'proved', origin.by);
  else verifying.add(originPart, origin.verdict === 'broken' ? 'broken' : 'unprovable', origin.reason);
}

function sealProblem(seal: Seal): string | undefined {
  if (seal.state === 'whole') return undefined;
  return seal.state === 'absent'
    ? 'does not say what was written'
    : 'is not what was written: its SHA-256 is another';
}

/** True when the archive was read from its first byte to its last. */
async function verifyArchive(options: {
  vault: ObjectStore;
  name: string;
  origin: OriginVerdict;
  ours: boolean;
  phase: string | undefined;
  catalogue: Catalogue | undefined;
  sizes: ReadonlyMap<string, number>;
  tally: ArchiveTally;
  verifying: Verifying;
  temporaryDirectory: string;
  progress?: VerifyOptions['progress'];
}): Promise<boolean> {
  const {
    vault,
    name,
    origin,
    ours,
    phase,
    catalogue,
    sizes,
    tally,
    verifying,
    temporaryDirectory,
    progress,
  } = options;
  const { archive: key } = backupKeys(name);
  const unreadable = new Warnings();
  if (!sizes.has(key)) {
    if (!ours && phase === 'Failed') verifying.add(key, 'unprovable', 'is missing, as the backup failed');
    else verifying.add(key, 'broken', 'is missing');
    return false;
  }
  if (ours && !catalogue) {
    verifying.add(key, 'unprovable', 'there is no whole catalogue to prove it with');
    return false;
  }
  const total = catalogue && Object.values(catalogue.counts).reduce((sum, count) => sum + count, 0);
  const read = await readable(async () => {
    const contents = await openContents(vault, name, {
      temporaryDirectory,
      origin,
      skipped({ message, ref }) {
        tally.addUnreadable(ref?.groupResource);
        unreadable.add(message);
      },
    });
    try {
      const visit = (item: ArchivedItem) => {
        tally.add(item);
        progress?.(tally.items, total);
      };
      await contents.check(visit, (item) => tally.addVersion(item));
    } finally {
      await contents.close();
    }
  });
  if (read.problem !== undefined) verifying.failed(key, read);
  else if (ours) verifying.add(key, 'proved');
  else verifying.add(key, 'unprovable', `every object in it can be read; ${noChecksum}`);
  for (const message of unreadable.list)
    verifying.add('an object of the archive', 'broken', `cannot be restored, the others can: ${message}`);
  return read.problem === undefined;
}

async function sizesOf(vault: ObjectStore, directory: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const page of vault.list(directory))
    for (const { key, size } of page.objects) sizes.set(key, size);
  return sizes;
}
