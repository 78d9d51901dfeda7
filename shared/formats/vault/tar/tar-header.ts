/**
 * Headers of the one kind of tar entry that a backup has: a regular file, mode 0755 (Velero's extractor makes parent
 * directories with the file's own mode, so 0644 breaks a non-root server), uid and gid 0, no owner names.
 * POSIX ustar; a PAX header (`x`) goes before an entry whose path does not fit or is not ASCII, as Go's archive/tar does.
 */
export const blockBytes = 512;

const regular = 0x30;
const pax = 0x78;
/** Characters of a path that needs neither a prefix nor a PAX record. */
export const maxName = 100;
const maxPrefix = 155;
const maxSize = 0o77777777777;

/** Bytes from the end of a body of `size` to the next block. */
export function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** Writes the headers of one archive, whose entries all have the same time: whole seconds since 1970. */
export class TarHeaders {
  /** What they have in common, and the sum of its bytes. */
  readonly #template: Buffer;
  readonly #sum: number;

  constructor(mtime: number) {
    const block = Buffer.alloc(blockBytes);
    put(block, '0000755', 100);
    put(block, '0000000', 108);
    put(block, '0000000', 116);
    putOctal(block, Math.max(0, mtime), 136, 11);
    // The sum is taken with spaces in its own place.
    block.fill(0x20, 148, 156);
    put(block, 'ustar\u000000', 257);
    this.#template = block;
    this.#sum = block.reduce((sum, byte) => sum + byte, 0);
  }

  /** Writes the header blocks of a file of `size` bytes; gives the offset behind them. */
  write(target: Buffer, at: number, place: TarPlace, size: number): number {
    if (size > maxSize) throw new RangeError(`tar entry of ${size} bytes`);
    let end = at;
    if (place.record) {
      const { record } = place;
      const name = `PaxHeaders.0/${place.name}`.slice(0, maxName);
      end = this.#block(target, end, { directory: '', name, prefix: '' }, record.length, pax);
      end += record.copy(target, end);
      target.fill(0, end, end + padding(record.length));
      end += padding(record.length);
    }
    return this.#block(target, end, place, size, regular);
  }

  #block(
    target: Buffer,
    at: number,
    { directory, name, prefix }: Pick<TarPlace, 'directory' | 'name' | 'prefix'>,
    size: number,
    type: number,
  ): number {
    this.#template.copy(target, at);
    let sum = this.#sum + type;
    target[at + 156] = type;
    sum += put(target, directory, at);
    sum += put(target, name.slice(-maxName), at + directory.length);
    sum += putOctal(target, size, at + 124, 11);
    sum += put(target, prefix, at + 345);
    putOctal(target, sum, at + 148, 6);
    target[at + 154] = 0;
    return at + blockBytes;
  }
}

/** How a path is written: split into ustar's name and prefix, or told by a PAX record. */
export interface TarPlace {
  /** With a slash behind it, and before the name in the header; may be empty. */
  directory: string;
  name: string;
  prefix: string;
  record: Buffer | undefined;
  /** Bytes of the header blocks. */
  length: number;
}

/** Splits a path into ustar's name (100) and prefix (155) at a slash; where that cannot be done it gets a PAX record. */
export function tarPlace(path: string): TarPlace {
  if (isAscii(path)) {
    if (path.length <= maxName) return inOneBlock('', path);
    const slash = path.indexOf('/', path.length - maxName - 1);
    if (slash > 0 && slash <= maxPrefix && slash < path.length - 1)
      return inOneBlock('', path.slice(slash + 1), path.slice(0, slash));
  }
  const record = paxRecord(path);
  // Readers take the path from the PAX record; this name is for those that know only ustar.
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/[^\x21-\x7e]/g, '_');
  return {
    directory: '',
    name,
    prefix: '',
    record,
    length: 2 * blockBytes + record.length + padding(record.length),
  };
}

/** The place of a path that fits into one header: ASCII, directory and name within maxName together, the prefix within maxPrefix. */
export function inOneBlock(directory: string, name: string, prefix = ''): TarPlace {
  return { directory, name, prefix, record: undefined, length: blockBytes };
}

export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** Writes ASCII and gives the sum of its bytes, which is cheaper than summing the whole block afterwards. */
function put(block: Buffer, text: string, at: number): number {
  let sum = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    block[at + index] = code;
    sum += code;
  }
  return sum;
}

/** Writes a number in so many octal digits, and gives the sum of their bytes. */
function putOctal(block: Buffer, number: number, at: number, digits: number): number {
  let sum = 0;
  let rest = number;
  for (let index = at + digits - 1; index >= at; index--) {
    // Sizes have more bits than a bitwise operation takes.
    const code = 0x30 + (rest % 8);
    rest = Math.floor(rest / 8);
    block[index] = code;
    sum += code;
  }
  return sum;
}

/** `<length> path=<path>\n`, where length counts all of it, its own digits too. */
function paxRecord(path: string): Buffer {
  const rest = Buffer.byteLength(` path=${path}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length++;
  return Buffer.from(`${length} path=${path}\n`);
}
