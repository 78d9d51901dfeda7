/** The fields of a tar header block as they stand; the format is that of POSIX ustar, with GNU's numbers. */
export interface TarHeader {
  path: string;
  /** Undefined when the field is not a number. */
  size: number | undefined;
  /** The type flag as a character: `0` file, `5` directory, `x` PAX header of the next entry, … */
  type: string;
}

/** Reads a block of 512 bytes; undefined when its checksum is wrong. */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  if (numberField(block, 148, 8) !== checksum(block)) return undefined;
  const name = textField(block, 0, 100);
  // GNU's own format (`ustar  `) uses the prefix's place for something else.
  const posix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = posix ? textField(block, 345, 155) : '';
  const flag = block[156] ?? 0;
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size: numberField(block, 124, 12),
    type: flag === 0 ? '0' : String.fromCharCode(flag),
  };
}

/** True for the block of zeros that, twice, ends an archive. */
export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.equals(zeros);
}

const zeros = Buffer.alloc(512);

/** The header's bytes added up, its checksum field counted as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < 148; at++) sum += block[at]!;
  for (let at = 156; at < 512; at++) sum += block[at]!;
  return sum;
}

function textField(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('utf8', start, end === -1 || end > start + length ? start + length : end);
}

/** Octal digits, or GNU's base 256 when the first bit is set. */
function numberField(block: Buffer, start: number, length: number): number | undefined {
  if ((block[start]! & 0x80) !== 0) {
    if (block[start] === 0xff) return undefined;
    let value = block[start]! & 0x7f;
    for (let at = start + 1; at < start + length; at++) value = value * 256 + block[at]!;
    return value;
  }
  let value = 0;
  let at = start;
  const end = start + length;
  while (at < end && block[at] === spaceByte) at++;
  for (; at < end && block[at] !== 0 && block[at] !== spaceByte; at++) {
    const digit = block[at]! - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return value;
}

const spaceByte = 0x20;

/** The records of a PAX extended header, `<length> <key>=<value>\n` each; undefined when it is malformed. */
export function readPaxRecords(bytes: Buffer): Map<string, string> | undefined {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    if (space === -1 || space === at || space - at > 7) return undefined;
    const digits = bytes.toString('latin1', at, space);
    const end = at + Number(digits);
    if (!/^[1-9]\d*$/.test(digits) || end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a) {
      return undefined;
    }
    const equals = bytes.indexOf(0x3d, space);
    if (equals === -1 || equals === space + 1 || equals >= end) return undefined;
    records.set(bytes.toString('utf8', space + 1, equals), bytes.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
}
