import { LifeboatError } from '../errors';
import { crc64 } from './crc64';
import { waitFor } from './oss-connection';
import { headObject } from './oss-head';
import type { OssPlace } from './oss-place';
import { sendObject } from './oss-put';
import type { CreateOptions, Creation } from './port';
import { retrying } from './retry';
import { hasBytes } from './same-bytes';
import { hasCode, StoreError } from './store-error';

const forbidOverwrite = { 'x-oss-forbid-overwrite': 'true' };

/** OSS's codes for "there is one already": the second on a bucket under WORM. */
export const takenCodes = ['FileAlreadyExists', 'FileImmutable'];

/**
 * ObjectStore.create. Tries again like every call, but remembers whether an earlier try may have got through: only then is
 * "exists already" followed by a look whether it is ours.
 */
export async function createObject(
  place: OssPlace,
  key: string,
  body: Buffer,
  { exclusive = true, absent = false, ...options }: CreateOptions = {},
): Promise<Creation> {
  if (!exclusive && !absent) {
    const found = await headObject(place, key);
    if (found) return { created: false, date: found.date };
  }
  const { connection } = place;
  const { signal } = options;
  let ambiguous = false;

  const attempt = async (_: number, before: unknown): Promise<Creation> => {
    try {
      const stored = await sendObject(place, key, body, options, forbidOverwrite, {
        retry: false,
        before,
      });
      if (exclusive && stored.versionId !== undefined) throw versioned(place);
      return { created: true, date: stored.date, etag: stored.etag };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      ambiguous ||= error.failure.ambiguous;
      if (!hasCode(error, ...takenCodes)) throw error;
      if (!ambiguous && error.failure.date) return { created: false, date: error.failure.date };
      const creation = await inspect();
      if (!creation) throw vanished(place, key);
      return creation;
    }
  };
  /** What is there with the same bytes is ours. */
  const inspect = async (): Promise<Creation | undefined> => {
    const head = await headObject(place, key);
    if (!head) return undefined;
    const created = ambiguous && (await hasBytes(place, head, { size: body.length, crc64: crc64(body) }));
    return { created, date: head.date };
  };

  try {
    return await retrying(attempt, {
      clock: connection.clock,
      random: connection.random,
      policy: connection.policy,
      waitFor,
      signal,
    });
  } catch (error) {
    // The last word of OSS was no word: what is there decides.
    const open = ambiguous && error instanceof StoreError && error.failure.transient;
    const creation = open ? await inspect().catch(() => undefined) : undefined;
    if (!creation) throw error;
    return creation;
  }
}

function versioned(place: OssPlace): LifeboatError {
  return new LifeboatError(
    'conflict',
    `Bucket ${place.bucket} keeps versions: a create-only put means nothing there`,
    { hint: 'keep the state in a bucket in which versioning was never switched on' },
  );
}

function vanished(place: OssPlace, key: string): LifeboatError {
  return new LifeboatError('conflict', `${place.describe(key)} was there and was removed at once`, {
    hint: 'find out what else writes to this prefix',
  });
}
