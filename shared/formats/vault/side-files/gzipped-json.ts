import { LifeboatError } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';
import { gunzipWithin } from '../untrusted/gunzip-within';
import { limitsOf } from '../untrusted/side-file-limits';

/**
 * The JSON of a gzipped side file, within the limits of its purpose.
 * @throws LifeboatError `not-found`; `corrupt` naming `key`
 */
export async function readGzippedJson(vault: ObjectStore, key: string): Promise<unknown> {
  const { body } = await vault.get(key, { maxBytes: limitsOf(key).unpackedBytes });
  return gunzipJson(key, body);
}

/**
 * The JSON in the bytes of a gzipped side file; `null`, as Go writes an empty slice, comes back as null. The size, the ratio
 * and the number of values are judged before anything is parsed.
 * @throws LifeboatError `corrupt` naming `key`
 */
export function gunzipJson(key: string, bytes: Buffer): unknown {
  const limits = limitsOf(key);
  const json = gunzipWithin(key, bytes, limits);
  if (containersIn(json) > limits.containers)
    throw damaged(
      key,
      `holds more than the ${limits.containers} objects and lists that are accepted`,
      undefined,
    );
  try {
    return JSON.parse(json.toString('utf8'));
  } catch (cause) {
    throw damaged(key, 'does not hold valid JSON', cause);
  }
}

/** Opening brackets, those in texts too. */
export function containersIn(json: Buffer): number {
  let count = 0;
  for (let at = 0; at < json.length; at++) if ((json[at]! & 0xdf) === 0x5b) count++;
  return count;
}

function damaged(key: string, what: string, cause: unknown): LifeboatError {
  // The parser's own message quotes the content, so only its kind is kept.
  return new LifeboatError('corrupt', `${key} ${what}`, {
    hint: 'restore the object from a replica of the bucket, or delete the backup',
    cause: cause instanceof Error ? cause.name : undefined,
  });
}
