import { createHash } from 'node:crypto';
import { LifeboatError } from '../../../../shared/platform/errors';
import type { Lease } from '../../../../shared/formats/state/leases/lease-types';
import { crc64 } from '../../../../shared/platform/oss/crc64';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { commitBackup } from '../../../../shared/formats/vault/commit/commit';
import type { Writer } from '../../../../shared/formats/vault/commit/first-writer';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { assertOwnDirectory } from '../../../../shared/formats/vault/commit/own-directory';
import { isCommitted, replayCommit } from '../../../../shared/formats/vault/commit/replay-commit';

export const backup = 'shop-1';
const keys = backupKeys(backup);

/** The objects that an attempt makes: other bytes for each attempt, as two captures of a living cluster are. */
export function objectsOf(attempt: number, partBytes = 16): Record<string, Buffer> {
  const text = (what: string) => Buffer.from(`${what} of attempt ${attempt}`);
  return {
    [keys.archive]: Buffer.concat([Buffer.alloc(partBytes, attempt), text('archive')]),
    [keys.results]: text('results'),
    // Too large to lie in the commit itself, as the others do.
    [keys.catalogue]: Buffer.concat([Buffer.alloc(5000, attempt), text('catalogue')]),
    [keys.manifest]: text('manifest'),
  };
}

/** Who may work; the last taker. */
export interface Holder {
  attempt: number;
}

function leaseOf(holder: Holder, attempt: number): Lease {
  return {
    attempt,
    signal: new AbortController().signal,
    ensure: async () => {},
    renew: async () => {
      if (holder.attempt !== attempt)
        throw new LifeboatError('lost-lease', `attempt ${attempt} lost its lease`);
    },
    release: () => {},
  };
}

/** What a worker does from its start to its end, as far as the stores see it. */
export async function attemptBackup(stores: {
  vault: ObjectStore;
  run: ObjectStore;
  attempt: number;
  holder: Holder;
  isDeleted?(): Promise<boolean>;
  writer?: Writer;
  /** OSS takes no first part under 100 KiB. */
  partBytes?: number;
}): Promise<'won' | 'lost' | 'replayed'> {
  const { vault, run, attempt, holder, writer, partBytes = 16, isDeleted = async () => false } = stores;
  holder.attempt = attempt;
  if (await isCommitted(run)) {
    await replayCommit({ vault, run, name: backup, isDeleted, writer });
    return 'replayed';
  }
  await assertOwnDirectory({ vault, run, name: backup });
  const objects = objectsOf(attempt, partBytes);
  const archive = objects[keys.archive]!;
  const upload = await vault.startUpload(keys.archive);
  const parts = [
    await upload.part(1, archive.subarray(0, partBytes)),
    await upload.part(2, archive.subarray(partBytes)),
  ];
  const { won } = await commitBackup({
    name: backup,
    vault,
    run,
    isDeleted,
    writer,
    lease: leaseOf(holder, attempt),
    archive: {
      upload,
      parts,
      size: archive.length,
      crc64: crc64(archive),
      sha256: createHash('sha256').update(archive).digest('hex'),
    },
    sideFiles: [keys.results, keys.catalogue].map((key) => ({ key, bytes: objects[key]! })),
    manifest: objects[keys.manifest]!,
  });
  return won ? 'won' : 'lost';
}
