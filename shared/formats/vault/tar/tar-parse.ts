import type { ArchiveLimits } from '../untrusted/archive-limits';
import { corruptArchive } from '../untrusted/corrupt-archive';
import { safePath } from '../untrusted/safe-path';
import { isZeroBlock, readPaxRecords, readTarHeader, type TarHeader } from './tar-fields';

const blockBytes = 512;

/** A regular file in a tar stream. */
export interface TarEntry {
  path: string;
  body: Buffer;
}

export interface TarParserOptions {
  /** For messages: the archive's name. */
  archive: string;
  limits: ArchiveLimits;
  /** Called for each regular file, in order, with a path already judged safe; the body is kept only if this says so. */
  wants: (path: string) => boolean;
  /** Where given, takes a file with an unsafe path or one that is too large, which is passed over; without it that is `corrupt`. */
  refused?: (path: string, problem: string) => void;
}

/**
 * Takes a tar stream piece by piece and gives its files: ustar, PAX `path` and `size`, GNU long names; never more than one
 * body in memory. Anything a backup does not contain (links, devices, sparse files, unsafe paths) is `corrupt`, as is
 * anything beyond the limits: refused at the header, before a byte of it is taken.
 */
export class TarParser {
  readonly #options: TarParserOptions;
  readonly #partial = Buffer.alloc(blockBytes);
  #partialLength = 0;
  /** Bytes to pass over: bodies nobody wants, and padding. */
  #skip = 0;
  #open: { path: string; body: Buffer; filled: number; extends?: 'pax' | 'long name' } | undefined;
  /** What extended headers said of the entry to come. */
  #next: { path?: string; size?: number } | undefined;
  #lastPath = '';
  #entries = 0;
  #zeroBlocks = 0;

  constructor(options: TarParserOptions) {
    this.#options = options;
  }

  /** True once the first block of the trailer was seen. */
  get ended(): boolean {
    return this.#zeroBlocks > 0;
  }

  /** The wanted files that `chunk` completes. The chunk may be reused afterwards. @throws LifeboatError `corrupt` */
  *push(chunk: Buffer): Generator<TarEntry, void> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
      } else if (this.#open) {
        at += this.#fill(chunk, at);
        if (this.#open.filled === this.#open.body.length) yield* this.#close();
      } else if (this.#partialLength === 0 && chunk.length - at >= blockBytes) {
        yield* this.#header(chunk.subarray(at, at + blockBytes));
        at += blockBytes;
      } else {
        const step = chunk.copy(
          this.#partial,
          this.#partialLength,
          at,
          at + blockBytes - this.#partialLength,
        );
        this.#partialLength += step;
        at += step;
        if (this.#partialLength === blockBytes) {
          this.#partialLength = 0;
          yield* this.#header(this.#partial);
        }
      }
    }
  }

  /** Call at the end of the stream; `ended` tells whether there was a trailer. @throws LifeboatError `corrupt` when cut off */
  end(): void {
    const cut = this.#open || this.#skip > 0 || this.#partialLength > 0 || this.#next;
    if (cut) throw this.#corrupt('is cut off', this.#open?.path ?? this.#lastPath);
  }

  #corrupt(problem: string, entry?: string) {
    return corruptArchive(this.#options.archive, problem, entry);
  }

  #fill(chunk: Buffer, at: number): number {
    const open = this.#open!;
    const step = chunk.copy(open.body, open.filled, at, at + open.body.length - open.filled);
    open.filled += step;
    return step;
  }

  *#header(block: Buffer): Generator<TarEntry, void> {
    if (isZeroBlock(block)) {
      this.#zeroBlocks += 1;
      if (this.#next) throw this.#corrupt('is announced by an extended header and missing', this.#next.path);
      if (this.#zeroBlocks * blockBytes > maxTrailerBytes) throw this.#corrupt('ends in an endless trailer');
      return;
    }
    if (this.#zeroBlocks > 0) throw this.#corrupt('goes on after its end');
    const header = readTarHeader(block);
    if (!header) {
      throw this.#corrupt(
        this.#lastPath === '' ? 'is not a tar archive' : 'is followed by a damaged header',
        this.#lastPath === '' ? undefined : this.#lastPath,
      );
    }
    this.#entries += 1;
    if (this.#entries > this.#options.limits.entries) {
      throw this.#corrupt(`has more than ${this.#options.limits.entries} entries`);
    }
    switch (header.type) {
      case 'x':
        return yield* this.#extended(header, 'pax');
      case 'L':
        return yield* this.#extended(header, 'long name');
      // A global PAX header and a link's long name say nothing about files; their size is bounded all the same.
      case 'g':
      case 'K':
        this.#skip = padded(this.#extendedSize(header));
        return;
      default:
        return yield* this.#entry(header);
    }
  }

  #extendedSize(header: TarHeader): number {
    const limit = this.#options.limits.extendedHeaderBytes;
    const { size } = header;
    if (size === undefined || size > limit) {
      throw this.#corrupt(
        `is an extended header of ${size ?? 'unknown'} bytes; at most ${limit} are accepted`,
        header.path,
      );
    }
    return size;
  }

  *#extended(header: TarHeader, kind: 'pax' | 'long name'): Generator<TarEntry, void> {
    const size = this.#extendedSize(header);
    this.#open = { path: header.path, body: Buffer.alloc(size), filled: 0, extends: kind };
    if (size === 0) yield* this.#close();
  }

  *#entry(header: TarHeader): Generator<TarEntry, void> {
    const { limits, wants, refused } = this.#options;
    const path = safePath(this.#next?.path ?? header.path);
    const shown = this.#next?.path ?? header.path;
    const size = this.#next?.size ?? header.size;
    this.#next = undefined;
    this.#lastPath = shown;
    if (size === undefined) throw this.#corrupt('has no size', shown);
    if (header.type === '5') {
      if (path === undefined && shown !== './') throw this.#corrupt('has an unsafe path', shown);
      if (size > 0) throw this.#corrupt('is a directory with content', shown);
      return;
    }
    if (header.type !== '0')
      throw this.#corrupt(`is ${types[header.type] ?? 'of an unknown type'}; a backup has only files`, shown);
    const problem =
      path === undefined
        ? 'has an unsafe path'
        : size > limits.entryBytes
          ? `has ${size} bytes; at most ${limits.entryBytes} are accepted`
          : undefined;
    if (problem !== undefined) {
      if (!refused) throw this.#corrupt(problem, shown);
      refused(path ?? shown, problem);
    }
    if (path === undefined || problem !== undefined || !wants(path)) {
      this.#skip = padded(size);
      return;
    }
    this.#open = { path, body: Buffer.allocUnsafe(size), filled: 0 };
    if (size === 0) yield* this.#close();
  }

  *#close(): Generator<TarEntry, void> {
    const { path, body, extends: kind } = this.#open!;
    this.#open = undefined;
    this.#skip = padded(body.length) - body.length;
    if (kind === undefined) yield { path, body };
    else if (kind === 'pax') this.#next = { ...this.#next, ...this.#paxFields(path, body) };
    else this.#next = { ...this.#next, path: body.toString('utf8').replace(/\0.*$/s, '') };
  }

  #paxFields(header: string, body: Buffer): { path?: string; size?: number } {
    const records = readPaxRecords(body);
    if (!records) throw this.#corrupt('is a malformed extended header', header);
    const fields: { path?: string; size?: number } = {};
    for (const [key, value] of records) {
      if (key === 'path') fields.path = value;
      if (key.startsWith('GNU.sparse.'))
        throw this.#corrupt('announces a sparse file; a backup has none', header);
      if (key !== 'size') continue;
      if (!/^\d{1,15}$/.test(value)) throw this.#corrupt('announces an impossible size', header);
      fields.size = Number(value);
    }
    return fields;
  }
}

/** tar pads to 10 KiB by default; some to a tape's block. */
const maxTrailerBytes = 1 << 20;

const types: Record<string, string> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '6': 'a named pipe',
  S: 'a sparse file',
};

function padded(size: number): number {
  return Math.ceil(size / blockBytes) * blockBytes;
}
