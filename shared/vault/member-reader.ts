import { promisify } from 'node:util';
import { gunzip, type InputType } from 'node:zlib';
import { LifeboatError } from '../errors';
import type { ArchiveLimits } from './archive-limits';
import type { ArchiveMember } from './archive-types';
import { corruptArchive } from './corrupt-archive';

interface Unpacked {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

// With `info` the answer also says how many bytes the engine took.
const unpack = promisify(gunzip) as unknown as (
  input: InputType,
  options: { maxOutputLength: number; chunkSize: number; info: true },
) => Promise<Unpacked>;

/** Cuts a run of adjacent members out of the stream that begins at the first of them. */
export async function* cutMembers(
  archive: string,
  members: readonly ArchiveMember[],
  packed: AsyncIterable<Buffer>,
): AsyncGenerator<{ member: ArchiveMember; bytes: Buffer }, void> {
  const waiting = [...members];
  let member = waiting.shift();
  let pieces: Buffer[] = [];
  let missing = member?.length ?? 0;
  for await (let chunk of packed) {
    while (chunk.length > 0) {
      if (!member) throw corruptArchive(archive, 'is longer than its catalogue says');
      const piece = chunk.subarray(0, missing);
      pieces.push(piece);
      missing -= piece.length;
      chunk = chunk.subarray(piece.length);
      if (missing > 0) continue;
      yield { member, bytes: Buffer.concat(pieces) };
      pieces = [];
      member = waiting.shift();
      missing = member?.length ?? 0;
    }
  }
  if (member) throw corruptArchive(archive, 'is shorter than its catalogue says');
}

/** Unpacks one member, which must be one gzip member and nothing else. @throws LifeboatError `corrupt` */
export async function unpackMember(archive: string, bytes: Buffer, limits: ArchiveLimits): Promise<Buffer> {
  let unpacked: Unpacked;
  try {
    unpacked = await unpack(bytes, { maxOutputLength: limits.memberBytes, chunkSize: 256 << 10, info: true });
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw corruptArchive(archive, `has a member that unpacks to more than ${limits.memberBytes} bytes`);
    }
    throw corruptArchive(archive, 'has a member that is not a readable gzip');
  }
  if (unpacked.engine.bytesWritten < bytes.length) {
    throw corruptArchive(archive, 'has bytes behind the end of a member');
  }
  return unpacked.buffer;
}
