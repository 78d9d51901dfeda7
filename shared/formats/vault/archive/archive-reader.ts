import type { ArchivedItem } from '../archive-types';
import { corruptArchive } from '../untrusted/corrupt-archive';
import { gunzipStream } from '../untrusted/gunzip-stream';
import { ItemReader, type ItemReaderOptions } from './item-reader';

/**
 * The objects of a gzipped tar archive, from its first byte to its last; of several gzip members or one.
 * @throws LifeboatError `corrupt` naming the entry; what the source throws
 */
export async function* readArchive(
  packed: AsyncIterable<Buffer>,
  options: ItemReaderOptions,
): AsyncGenerator<ArchivedItem, void> {
  const reader = new ItemReader(options);
  for await (const chunk of gunzipStream(options.archive, packed, options.limits)) yield* reader.push(chunk);
  reader.end();
  // Every Velero writes one; without it nobody can tell the archive from one that was cut between two entries.
  if (!reader.ended) throw corruptArchive(options.archive, 'is cut off: it has no trailer');
}
