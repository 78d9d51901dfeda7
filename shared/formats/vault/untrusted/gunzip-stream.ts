import { createGunzip, type Gunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LifeboatError } from '../../../platform/errors';
import type { ArchiveLimits } from './archive-limits';
import { corruptArchive } from './corrupt-archive';

const chunkBytes = 256 << 10;

/**
 * Unpacks a gzip stream of one or more members, in bounded memory; what comes out must be used before the next piece is
 * asked for. Errors of the source pass through as they are.
 * @throws LifeboatError `corrupt` for damaged or truncated gzip, for bytes behind it, and for bombs
 */
export async function* gunzipStream(
  archive: string,
  packed: AsyncIterable<Buffer> | Iterable<Buffer>,
  limits: ArchiveLimits,
): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  let bytesIn = 0;
  let bytesOut = 0;
  const counted = async function* (): AsyncGenerator<Buffer, void> {
    for await (const chunk of packed) {
      bytesIn += chunk.length;
      yield chunk;
    }
  };
  const source = Readable.from(counted(), { highWaterMark: 1 });
  const done = pipeline(source, gunzip);
  // Awaited below; a failure that comes first is met as the end of `gunzip`.
  done.catch(() => {});
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytesOut += chunk.length;
      refuseBomb(archive, bytesIn, bytesOut, limits);
      yield chunk;
    }
    await done;
    refuseRest(archive, gunzip, bytesIn);
  } catch (error) {
    throw asCorrupt(archive, error);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

/** @throws LifeboatError `corrupt` when so much out of so much in is more than any honest archive gives */
export function refuseBomb(archive: string, bytesIn: number, bytesOut: number, limits: ArchiveLimits): void {
  if (bytesOut > limits.totalBytes) {
    throw corruptArchive(archive, `unpacks to more than ${limits.totalBytes} bytes`);
  }
  if (bytesOut > limits.ratioFromBytes && bytesOut > bytesIn * limits.ratio) {
    throw corruptArchive(archive, `unpacks to more than ${limits.ratio} times its size`);
  }
}

/** zlib stops without a word at zeros behind a member. */
function refuseRest(archive: string, gunzip: Gunzip, bytesIn: number): void {
  if (gunzip.bytesWritten < bytesIn) throw corruptArchive(archive, 'has bytes behind its end');
}

function asCorrupt(archive: string, error: unknown): unknown {
  if (error instanceof LifeboatError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  // The pipeline says so when zlib was done and the source was not.
  if (code === 'ABORT_ERR') return corruptArchive(archive, 'has bytes behind its end');
  if (code === 'Z_BUF_ERROR') return corruptArchive(archive, 'is cut off');
  return code?.startsWith('Z_') ? corruptArchive(archive, 'is not a readable gzip') : error;
}
