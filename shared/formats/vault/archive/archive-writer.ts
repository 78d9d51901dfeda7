import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { sha256Hex } from '../../../platform/sha256';
import { archiveLimits } from '../untrusted/archive-limits';
import { ArchivePaths } from './archive-path';
import type { ArchivableBatch, ArchivableItem, ArchiveMember } from '../archive-types';
import { blockBytes, TarHeaders, type TarPlace, tarPlace } from '../tar/tar-header';
import { blocks, Slabs, TarMember } from '../tar/tar-member';

const compress = promisify<Buffer, object, Buffer>(gzip);

/** Members that shrink more than this are packed otherwise: a reader refuses archives of a ratio that only bombs have. */
const maxRatio = archiveLimits.ratio / 2;

export interface ArchiveWriterOptions {
  /** Time of every entry: the start of the backup, so that the same items give the same bytes. */
  mtime: Date;
  /** Tar bytes after which a new gzip member begins; default 4 MiB. */
  memberBytes?: number;
  /** Members compressed at once on zlib's threads; default 2. Changes nothing in the bytes. */
  parallel?: number;
}

/**
 * Writes `<name>.tar.gz`: takes objects in order, gives compressed bytes as they are pulled (so a slow upload holds the
 * listing back), and where what lies in them when the last chunk has been taken.
 * A gzip member holds whole tar blocks of one resource; concatenated members are one gzip file, and the only tar trailer
 * is at the end of the last: one in an earlier member would hide all that follows from Velero.
 */
export class ArchiveWriter {
  readonly #batches: AsyncIterable<ArchivableBatch>;
  readonly #headers: TarHeaders;
  readonly #slabs: Slabs;
  readonly #parallel: number;
  readonly #members: ArchiveMember[] = [];
  #size = 0;
  #ended = false;

  /** @param batches each used up before the next is asked for */
  constructor(batches: AsyncIterable<ArchivableBatch>, options: ArchiveWriterOptions) {
    this.#batches = batches;
    this.#headers = new TarHeaders(Math.floor(options.mtime.getTime() / 1000));
    this.#slabs = new Slabs((options.memberBytes ?? 4 << 20) + 2 * blockBytes);
    this.#parallel = options.parallel ?? 2;
  }

  /** The compressed archive, once. Throws what the items throw. */
  async *chunks(): AsyncGenerator<Buffer, void> {
    const compressing: Promise<Compressed>[] = [];
    for await (const member of this.#tarMembers()) {
      compressing.push(this.#compress(member));
      if (compressing.length >= this.#parallel) yield this.#emit(await compressing.shift()!);
    }
    for (const member of compressing) yield this.#emit(await member);
    this.#ended = true;
  }

  /** In the order of the archive; after the last chunk. */
  members(): ArchiveMember[] {
    if (!this.#ended) throw new Error('the archive has not been written to its end');
    return this.#members;
  }

  #compress(member: TarMember): Promise<Compressed> {
    const done = packed(member.bytes).then((bytes) => {
      this.#slabs.give(member.slab);
      return { member, bytes };
    });
    // It is awaited in its turn; should an earlier one fail first, nobody else would look at this one.
    done.catch(() => {});
    return done;
  }

  #emit({ member: { groupResource, items }, bytes }: Compressed): Buffer {
    this.#members.push({
      ...(groupResource === undefined ? {} : { groupResource }),
      offset: this.#size,
      length: bytes.length,
      sha256: sha256Hex(bytes),
      items,
    });
    this.#size += bytes.length;
    return bytes;
  }

  async *#tarMembers(): AsyncGenerator<TarMember, void> {
    let open = new TarMember(undefined, this.#slabs.take(6 * blockBytes));
    open.file(this.#headers, tarPlace('metadata/version'), Buffer.from('1.1.0\n'));
    for await (const batch of this.#batches) {
      const { groupResource, items } = batch;
      const paths = new ArchivePaths(batch);
      for (let at = 0; ; ) {
        if (open.groupResource === groupResource) at = this.#fill(open, paths, items, at);
        const next = items[at];
        if (!next) break;
        yield open;
        const least = entriesSize(paths.of(next), next.body, next.head) + 2 * blockBytes;
        open = new TarMember(groupResource, this.#slabs.take(least));
      }
    }
    open.trailer();
    yield open;
  }

  /** Adds the items from `at` on as far as they go into the member; gives the index of the one that does not. */
  #fill(open: TarMember, paths: ArchivePaths, items: readonly ArchivableItem[], at: number): number {
    for (; at < items.length; at++) {
      const item = items[at]!;
      // A view of the page is made each time that `body` is asked for.
      const { head, body } = item;
      const places = paths.of(item);
      if (!open.fits(entriesSize(places, body, head))) return at;
      for (const place of places) open.file(this.#headers, place, body, head);
      open.items++;
    }
    return at;
  }
}

/** Level 3: a third of the time of zlib's default for a twelfth more bytes. */
async function packed(tar: Buffer): Promise<Buffer> {
  const options = { level: 3, memLevel: 9, chunkSize: 256 << 10 };
  const bytes = await compress(tar, options);
  if (bytes.length * maxRatio >= tar.length) return bytes;
  // Huffman codes alone take at least a bit for each byte.
  return compress(tar, { ...options, strategy: constants.Z_HUFFMAN_ONLY });
}

function entriesSize(places: readonly TarPlace[], body: Buffer, head: Buffer | undefined): number {
  const length = (head?.length ?? 0) + body.length;
  let size = 0;
  for (const place of places) size += place.length + blocks(length);
  return size;
}

interface Compressed {
  member: TarMember;
  bytes: Buffer;
}
