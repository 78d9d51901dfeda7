import pLimit from 'p-limit';
import { LifeboatError } from '../../platform/errors';
import type { Log } from '../../platform/log/log';
import type { Lease } from '../../formats/state/leases/lease-types';
import type { ReportProgress } from '../../formats/state/run/progress-port';
import type { ObjectStore } from '../../platform/oss/port';
import { type Carrier, copyObject } from './copy-object';
import { type CopyOrigin, originBytes } from './copy-origin';
import { planCopy } from './copy-plan';
import { assertFirst, type Writer } from '../../formats/vault/commit/first-writer';
import { backupKeys } from '../../formats/vault/layout';
import { proofOf } from '../../formats/vault/side-files/object-proof';

/** Everything that one attempt at a copy works on. */
export interface CopyWork {
  /** Of the backup. */
  name: string;
  from: ObjectStore;
  to: ObjectStore;
  /** Who copies; absent where no other installation can write to the vault. */
  writer?: Writer;
  /** Whether this installation is deleting the backup from one of the two vaults. */
  isDeleted(from: 'from' | 'to'): Promise<boolean>;
  origin: Omit<CopyOrigin, 'kind' | 'format' | 'backup' | 'manifest'>;
  /** Bound to the run's folder of the state. */
  run: ObjectStore;
  lease: Lease;
  progress: ReportProgress;
  log: Log;
  /** Called when all is in place but `velero-backup.json`, with the SHA-256 of that: what it writes is there before the copy shows. */
  beforeVisible(manifestSha256: string): Promise<void>;
}

export interface Copied {
  /** Of the backup. */
  objects: number;
  bytes: number;
  /** How many of the objects were in place before this attempt. */
  found: number;
  warnings: string[];
}

/** Small objects on their way at once. */
const atOnce = 4;
const mebibyte = 1 << 20;

/**
 * Copies a backup from one vault to another: every object of it, read once and proved while it goes by; `velero-backup.json`
 * last, so that a copy is either whole or not to be seen (Must 1). Overwrites nothing (Must 2). May be done again, and goes
 * on where an earlier attempt stopped.
 * @throws LifeboatError `not-found`, `corrupt`, `conflict` when the other vault holds something else under the name or is
 * deleting it, `lost-lease`, and what the stores throw
 */
export async function copyBackup(work: CopyWork): Promise<Copied> {
  const { name, from, to, run, lease, progress, log } = work;
  const keys = backupKeys(name);
  const plan = await planCopy(from, name, () => work.isDeleted('from'));
  const { sha256 } = proofOf(plan.manifest);
  await refuseDeleted(work);
  if (work.writer) await assertFirst(work.writer, { vault: to, name, manifest: sha256, log });
  log.info(
    `Copying ${plan.objects.length + 1} objects, ${plan.bytes} bytes, from ${from.name} to ${to.name}`,
  );

  let read = 0;
  const say = () =>
    progress({
      phase: 'Copying',
      done: Math.floor(read / mebibyte),
      total: Math.ceil(plan.bytes / mebibyte),
      message: 'MiB',
    });
  say();
  const carrier: Carrier = {
    from,
    to,
    run,
    attempt: lease.attempt,
    signal: lease.signal,
    onBytes(bytes) {
      const before = Math.floor(read / mebibyte);
      read += bytes;
      if (Math.floor(read / mebibyte) > before) say();
    },
  };
  let found = 0;
  const limit = pLimit(atOnce);
  const outcomes = await Promise.allSettled(
    plan.objects.map((object) =>
      limit(async () => {
        lease.signal.throwIfAborted();
        if (!(await copyObject(object, carrier))) found += 1;
        else log.info(`copied ${object.key}`, { size: object.size });
      }),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;

  await put(
    to,
    keys.origin,
    originBytes({ kind: 'CopyOrigin', format: 1, backup: name, ...work.origin, manifest: sha256 }),
  );
  await work.beforeVisible(sha256);
  await lease.renew();
  await refuseDeleted(work);
  if (!(await put(to, keys.manifest, plan.manifest))) found += 1;
  log.info(`backup ${name} is in ${to.name}`);
  return {
    objects: plan.objects.length + 1,
    bytes: plan.bytes,
    found,
    warnings:
      plan.volumesElsewhere > 0
        ? [
            `the data of ${plan.volumesElsewhere} volumes lies in Velero's kopia repository of the first vault and is not copied`,
          ]
        : [],
  };
}

/** False when the same bytes were there. Throws `conflict` for others. */
async function put(to: ObjectStore, key: string, bytes: Buffer): Promise<boolean> {
  const proof = proofOf(bytes);
  const there = await to.head(key);
  const { created } = there
    ? { created: false }
    : await to.create(key, bytes, { exclusive: false, contentType: 'application/json' });
  const head = await to.head(key);
  if (head?.size === proof.size && (head.crc64 ?? proof.crc64) === proof.crc64) return created;
  throw new LifeboatError('conflict', `${to.name}${key} is there already, with other bytes`, {
    hint: 'the vault holds another backup of this name; nothing of it was changed',
  });
}

/** A deletion that is under way would take away what is copied. */
async function refuseDeleted({ name, to, isDeleted }: CopyWork): Promise<void> {
  if (!(await isDeleted('to'))) return;
  throw new LifeboatError('conflict', `backup ${name} is being deleted from ${to.name}`, {
    hint: 'copy it when its content is gone, a day after it was deleted',
  });
}
