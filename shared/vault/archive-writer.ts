import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Crc64 } from '../store/crc64';
import { archivePaths } from './archive-path';
import type { ArchivableItem, ArchiveMember, ArchiveSummary } from './archive-types';
import { BLOCK, padding, tarHeader } from './tar-header';

const compress = promisify<Buffer, object, Buffer>(gzip);

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
 * listing back), and a summary when the last chunk has been taken.
 * A gzip member holds whole tar blocks of one resource; concatenated members are one gzip file, and the only tar trailer
 * is at the end of the last: one in an earlier member would hide all that follows from Velero.
 */
export class ArchiveWriter {
  readonly #items: AsyncIterable<ArchivableItem>;
  readonly #mtime: number;
  readonly #memberBytes: number;
  readonly #parallel: number;
  readonly #sha256 = createHash('sha256');
  readonly #crc64 = new Crc64();
  readonly #members: ArchiveMember[] = [];
  #size = 0;
  #count = 0;
  #summary?: ArchiveSummary;

  constructor(items: AsyncIterable<ArchivableItem>, options: ArchiveWriterOptions) {
    this.#items = items;
    this.#mtime = Math.floor(options.mtime.getTime() / 1000);
    this.#memberBytes = options.memberBytes ?? 4 << 20;
    this.#parallel = options.parallel ?? 2;
  }

  /** The compressed archive, once. Throws what the items throw. */
  async *chunks(): AsyncGenerator<Buffer, void> {
    const compressing: Promise<Compressed>[] = [];
    for await (const member of this.#tarMembers()) {
      compressing.push(compressMember(member));
      if (compressing.length >= this.#parallel) yield this.#emit(await compressing.shift()!);
    }
    for (const member of compressing) yield this.#emit(await member);
    this.#summary = {
      members: this.#members,
      size: this.#size,
      sha256: this.#sha256.digest('hex'),
      crc64: this.#crc64.digest(),
      items: this.#count,
    };
  }

  /** What the archive was found to be; after the last chunk. */
  summary(): ArchiveSummary {
    if (!this.#summary) throw new Error('the archive has not been written to its end');
    return this.#summary;
  }

  #emit({ member, bytes }: Compressed): Buffer {
    const { groupResource, items } = member;
    this.#members.push({
      ...(groupResource === undefined ? {} : { groupResource }),
      offset: this.#size,
      length: bytes.length,
      items,
    });
    this.#size += bytes.length;
    this.#count += items;
    this.#sha256.update(bytes);
    this.#crc64.update(bytes);
    return bytes;
  }

  async *#tarMembers(): AsyncGenerator<TarMember, void> {
    let open = new TarMember(undefined, BLOCK * 4);
    open.entry('metadata/version', Buffer.from('1.1.0\n'), this.#mtime);
    for await (const item of this.#items) {
      const headers = archivePaths(item).map((path) => tarHeader(path, item.body.length, this.#mtime));
      const size =
        headers.reduce((sum, header) => sum + header.length, 0) + headers.length * blocks(item.body.length);
      if (open.groupResource !== item.groupResource || open.size + size > this.#memberBytes) {
        yield open;
        open = new TarMember(item.groupResource, Math.max(64 << 10, size));
      }
      for (const header of headers) open.file(header, item.body);
      open.items++;
    }
    open.trailer();
    yield open;
  }
}

interface Compressed {
  member: TarMember;
  bytes: Buffer;
}

/** Level 3: a third of the time of zlib's default for a twelfth more bytes. */
function compressMember(member: TarMember): Promise<Compressed> {
  const done = compress(member.take(), { level: 3, chunkSize: 256 << 10 }).then((bytes) => ({
    member,
    bytes,
  }));
  // It is awaited in its turn; should an earlier one fail first, nobody else would look at this one.
  done.catch(() => {});
  return done;
}

function blocks(size: number): number {
  return size + padding(size);
}

/** The tar blocks of one gzip member, gathered in one buffer that grows. */
class TarMember {
  items = 0;
  size = 0;
  #buffer: Buffer;

  constructor(
    readonly groupResource: string | undefined,
    capacity: number,
  ) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  entry(path: string, body: Buffer, mtime: number): void {
    this.file(tarHeader(path, body.length, mtime), body);
  }

  file(header: Buffer, body: Buffer): void {
    this.#reserve(header.length + blocks(body.length));
    this.size += header.copy(this.#buffer, this.size);
    this.size += body.copy(this.#buffer, this.size);
    this.#zeros(padding(body.length));
  }

  /** Two zero blocks: the end of a tar file. */
  trailer(): void {
    this.#reserve(2 * BLOCK);
    this.#zeros(2 * BLOCK);
  }

  /** The bytes gathered; the member keeps none of them. */
  take(): Buffer {
    const bytes = this.#buffer.subarray(0, this.size);
    this.#buffer = Buffer.alloc(0);
    return bytes;
  }

  #zeros(count: number): void {
    this.#buffer.fill(0, this.size, this.size + count);
    this.size += count;
  }

  #reserve(more: number): void {
    if (this.size + more <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.size + more, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.size);
    this.#buffer = grown;
  }
}
