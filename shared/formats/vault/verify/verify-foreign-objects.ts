import type { ObjectStore } from '../../../platform/oss/port';
import { archiveLimits } from '../untrusted/archive-limits';
import type { BackupDescription } from '../describe-backup';
import { gunzipStream } from '../untrusted/gunzip-stream';
import { backupKeys } from '../layout';
import { readable } from './readable';
import type { Verifying } from './verification';

export const noChecksum = 'Velero stores no checksum of it';

/** Reads the small objects of a backup that is not ours: gzip and JSON show damage, and nothing proves that there is none. */
export async function verifyForeignObjects(
  vault: ObjectStore,
  name: string,
  description: BackupDescription | undefined,
  sizes: ReadonlyMap<string, number>,
  verifying: Verifying,
): Promise<void> {
  const keys = backupKeys(name);
  for (const key of sizes.keys()) {
    if (key === keys.manifest || key === keys.archive) continue;
    const damage = description?.problems.find((problem) => problem.startsWith(`${key} `));
    const read = damage === undefined ? await readable(() => unpackedBytes(vault, key)) : { problem: damage };
    if (read.problem === undefined) verifying.add(key, 'unprovable', `can be read; ${noChecksum}`);
    else verifying.failed(key, read);
  }
}

/** Reads an object to its end, unpacked where it is packed. */
async function unpackedBytes(vault: ObjectStore, key: string): Promise<number> {
  const packed = vault.read(key);
  let bytes = 0;
  for await (const chunk of key.endsWith('.gz') ? gunzipStream(key, packed, archiveLimits) : packed)
    bytes += chunk.length;
  return bytes;
}
