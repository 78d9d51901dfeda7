import type { ArchiveMember } from '../archive-types';
import { corruptArchive } from './corrupt-archive';

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
