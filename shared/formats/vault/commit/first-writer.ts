import { isKind, LifeboatError } from '../../../platform/errors';
import type { Log } from '../../../platform/log/log';
import type { ObjectStore, ObjectVersion } from '../../../platform/oss/port';
import { hasCode } from '../../../platform/oss/store-error';
import { backupKeys } from '../layout';

/** Who writes a backup into a vault. */
export interface Writer {
  /** Id of the installation. */
  installation: string;
  /** Whether the vault's bucket keeps versions, and so ignores create-only; undefined where that could not be seen. */
  keepsVersions?: boolean;
}

interface Place {
  vault: ObjectStore;
  /** Of the backup. */
  name: string;
  /** SHA-256 of the manifest that is to be written. */
  manifest: string;
  log?: Pick<Log, 'warn'>;
}

/**
 * Lets one of several writers of a name go on in a bucket that keeps versions, where a create-only put keeps nobody from
 * overwriting. Each puts what it is about to write under one key, and then asks for the versions of it: the oldest was first,
 * for all who ask. So who is not first has not touched a byte of the other's backup. Two requests, and none in other buckets.
 * @throws LifeboatError `conflict` naming the installation that was first
 */
export async function assertFirst({ installation, keepsVersions }: Writer, place: Place): Promise<void> {
  if (!keepsVersions) return;
  const { vault, name, manifest, log } = place;
  const key = backupKeys(name).writer;
  const bytes = Buffer.from(
    `${JSON.stringify({ kind: 'BackupWriter', format: 1, installation, manifest })}\n`,
  );
  const mine = await putVersion(vault, key, bytes);
  let first: ObjectVersion | undefined;
  try {
    first = (await vault.versions(key)).at(-1);
  } catch (error) {
    if (!isKind(error, 'denied')) throw error;
    log?.warn(`That no other installation writes backup ${name} could not be seen: ${error.message}`, {
      name,
    });
    return;
  }
  if (!first || first.id === mine) return;
  // An earlier attempt of this run may have put it.
  const { body } = await vault.get(key, { version: first.id, maxBytes });
  if (body.equals(bytes)) return;
  throw new LifeboatError('conflict', `${vault.name} holds a backup ${name} of ${writerIn(body)} already`, {
    hint: 'choose another name, or share the vault on both sides with `lifeboat vault share NAME`: names of scheduled backups then carry the installation',
  });
}

/** It has some 150; more is not from a Lifeboat. */
const maxBytes = 4 * 1024;

/** Undefined where a lock (WORM) keeps what is there from being written again. */
async function putVersion(vault: ObjectStore, key: string, bytes: Buffer): Promise<string | undefined> {
  try {
    return (await vault.put(key, bytes, { contentType: 'application/json' })).versionId;
  } catch (error) {
    if (!hasCode(error, 'FileImmutable')) throw error;
    return undefined;
  }
}

/** For people: it is only words, and somebody else's. */
function writerIn(body: Buffer): string {
  const [, installation] = /"installation":"([0-9a-f]{32})"/.exec(body.toString('utf8')) ?? [];
  return installation === undefined ? 'another writer' : `installation ${installation}`;
}
