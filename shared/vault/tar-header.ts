/**
 * Headers of the one kind of tar entry that a backup has: a regular file, mode 0755 (Velero's extractor makes parent
 * directories with the file's own mode, so 0644 breaks a non-root server), uid and gid 0, no owner names.
 * POSIX ustar; a PAX header (`x`) goes before an entry whose path does not fit or is not ASCII, as Go's archive/tar does.
 */
export const BLOCK = 512;

const MODE = '0000755';
const REGULAR = 0x30;
const PAX = 0x78;
const MAX_NAME = 100;
const MAX_PREFIX = 155;
const MAX_SIZE = 0o77777777777;

/** Bytes from the end of a body of `size` to the next block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The header blocks (one, or three and more with PAX) of a file entry. `mtime` in whole seconds since 1970. */
export function tarHeader(path: string, size: number, mtime: number): Buffer {
  if (size > MAX_SIZE) throw new RangeError(`tar entry of ${size} bytes`);
  const fitted = fitUstar(path);
  if (fitted) return headerBlock(fitted.name, fitted.prefix, size, mtime, REGULAR);
  const record = paxRecord('path', path);
  const last = path.slice(path.lastIndexOf('/') + 1).replace(/[^\x21-\x7e]/g, '_');
  return Buffer.concat([
    headerBlock(`PaxHeaders.0/${last}`.slice(0, MAX_NAME), '', record.length, mtime, PAX),
    record,
    Buffer.alloc(padding(record.length)),
    // Readers take the path from the PAX record; this one is for those that know only ustar.
    headerBlock(last.slice(-MAX_NAME), '', size, mtime, REGULAR),
  ]);
}

/** Splits a path into ustar's name (100) and prefix (155) at a slash; undefined when that cannot be done. */
function fitUstar(path: string): { name: string; prefix: string } | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the point is to find what is not printable ASCII.
  if (/[^\x00-\x7f]/.test(path)) return undefined;
  if (path.length <= MAX_NAME) return { name: path, prefix: '' };
  const slash = path.indexOf('/', path.length - MAX_NAME - 1);
  if (slash <= 0 || slash > MAX_PREFIX || slash === path.length - 1) return undefined;
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
}

function headerBlock(name: string, prefix: string, size: number, mtime: number, type: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  put(block, name, 0);
  put(block, MODE, 100);
  put(block, '0000000', 108);
  put(block, '0000000', 116);
  put(block, size.toString(8).padStart(11, '0'), 124);
  put(block, Math.max(0, mtime).toString(8).padStart(11, '0'), 136);
  block.fill(0x20, 148, 156);
  block[156] = type;
  put(block, 'ustar\u000000', 257);
  put(block, prefix, 345);
  let sum = 0;
  for (const byte of block) sum += byte;
  put(block, `${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function put(block: Buffer, text: string, at: number): void {
  block.write(text, at, 'latin1');
}

/** `<length> <key>=<value>\n`, where length counts all of it, its own digits too. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length++;
  return Buffer.from(`${length} ${key}=${value}\n`);
}
