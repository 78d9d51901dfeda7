import { gunzipSync } from 'node:zlib';
import { LifeboatError } from '../../../platform/errors';
import { maxRatio, ratioFromBytes } from './side-file-limits';

/** What a small packed object may be. */
export interface UnpackLimits {
  /** Of what comes out. */
  unpackedBytes: number;
  /** Unpacked to packed, judged from 1 MiB on; `maxRatio` where nothing is said. */
  ratio?: number;
}

/**
 * Unpacks a whole object in memory, and no further than the limits: bytes from a vault or a state may be hostile.
 * @param what for messages: its key
 * @throws LifeboatError `corrupt` naming it
 */
export function gunzipWithin(
  what: string,
  bytes: Buffer,
  { unpackedBytes, ratio = maxRatio }: UnpackLimits,
): Buffer {
  const maxOutputLength = Math.min(unpackedBytes, Math.max(ratioFromBytes, bytes.length * ratio));
  try {
    return gunzipSync(bytes, { maxOutputLength });
  } catch (cause) {
    const { code, name } = cause as NodeJS.ErrnoException;
    const problem =
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `unpacks to more than the ${maxOutputLength} bytes that are accepted`
        : 'is not a readable gzip';
    throw new LifeboatError('corrupt', `${what} ${problem}`, { hint, cause: name });
  }
}

const hint = 'restore the object from a replica of the bucket, or delete what it belongs to';
