import { isUtf8 } from 'node:buffer';
import { closeBrace, closeBracket, openBrace, openBracket } from './json-scan';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;

/** A string that has not ended after so many bytes is searched natively: a call costs as much as a loop over these. */
const near = 64;

/**
 * Passes over JSON as API servers write it, compact, and proves it on the way: JSON.parse takes what this takes. It says no to
 * white space between tokens, which other JSON has. Control characters and UTF-8 are not its business: `isPlainText` looks at
 * those for a whole page at once.
 */
export class PlainJson {
  /** What closes the containers that are open. */
  readonly #open: Uint8Array;

  /** @param depth brackets within brackets that are accepted */
  constructor(readonly depth: number) {
    this.#open = new Uint8Array(depth);
  }

  /**
   * Index behind the value that begins at `start`; -1 where it is not such JSON, or nests too deep.
   * @param around brackets that the value lies in
   */
  skip(json: Buffer, start: number, around: number): number {
    const open = this.#open;
    let depth = around;
    let at = start;
    for (;;) {
      const first = json[at];
      if (first === quote) at = stringEnd(json, at);
      else if (first === openBrace || first === openBracket) {
        if (depth === this.depth) return -1;
        const close = first === openBrace ? closeBrace : closeBracket;
        at++;
        if (json[at] !== close) {
          open[depth++] = close;
          if (close === closeBrace) at = keyEnd(json, at);
          if (at < 0) return -1;
          continue;
        }
        at++;
      } else at = scalarEnd(json, at);
      if (at < 0) return -1;
      for (;;) {
        if (depth === around) return at;
        const close = open[depth - 1];
        const next = json[at++];
        if (next === close) depth--;
        else if (next !== comma) return -1;
        else {
          if (close === closeBrace) at = keyEnd(json, at);
          if (at < 0) return -1;
          break;
        }
      }
    }
  }
}

/** Index behind the colon of the key that begins at `at`. */
function keyEnd(json: Buffer, at: number): number {
  if (json[at] !== quote) return -1;
  const end = stringEnd(json, at);
  return end >= 0 && json[end] === colon ? end + 1 : -1;
}

function stringEnd(json: Buffer, start: number): number {
  let at = start + 1;
  let far = at + near;
  /** The next quote, once it was searched for. */
  let found = -1;
  for (;;) {
    const byte = json[at++];
    if (byte === quote) return at;
    if (byte === undefined) return -1;
    if (byte === backslash) {
      const escaped = escapeLength(json, at);
      if (escaped === 0) return -1;
      at += escaped;
      far = at + near;
    } else if (at > far) {
      if (found < at) found = json.indexOf(quote, at);
      if (found < 0) return -1;
      const escaped = json.subarray(at, found).indexOf(backslash);
      at = escaped < 0 ? found : at + escaped;
      far = at + near;
    }
  }
}

/** Bytes of an escape behind its backslash; 0 where it is none. */
function escapeLength(json: Buffer, at: number): number {
  switch (json[at]) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 1;
    case 0x75: // u
      for (let digit = at + 1; digit <= at + 4; digit++) if (!isHex(json[digit])) return 0;
      return 5;
    default:
      return 0;
  }
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= zero && byte <= nine;
}

function scalarEnd(json: Buffer, start: number): number {
  switch (json[start]) {
    case 0x74:
      return wordEnd(json, start, 'true');
    case 0x66:
      return wordEnd(json, start, 'false');
    case 0x6e:
      return wordEnd(json, start, 'null');
    default:
      return numberEnd(json, start);
  }
}

function wordEnd(json: Buffer, start: number, word: string): number {
  for (let at = 1; at < word.length; at++) if (json[start + at] !== word.charCodeAt(at)) return -1;
  return start + word.length;
}

function numberEnd(json: Buffer, start: number): number {
  let at = json[start] === minus ? start + 1 : start;
  if (!isDigit(json[at])) return -1;
  if (json[at++] !== zero) at = digitsEnd(json, at);
  if (json[at] === 0x2e) {
    if (!isDigit(json[++at])) return -1;
    at = digitsEnd(json, at);
  }
  if (json[at] === 0x65 || json[at] === 0x45) {
    at++;
    if (json[at] === 0x2b || json[at] === minus) at++;
    if (!isDigit(json[at])) return -1;
    at = digitsEnd(json, at);
  }
  return at;
}

function digitsEnd(json: Buffer, at: number): number {
  while (isDigit(json[at])) at++;
  return at;
}

/** Whether there is nothing but UTF-8 between two places, and no control character: no line breaks either. */
export function isPlainText(page: Buffer, start: number, end: number): boolean {
  return isUtf8(page.subarray(start, end)) && !hasControlCharacter(page, start, end);
}

/** Four bytes at a time: a list is looked at from its first byte to its last. */
function hasControlCharacter(page: Buffer, start: number, end: number): boolean {
  let at = start;
  for (; at < end && (page.byteOffset + at) % 4 !== 0; at++) if (page[at]! < 0x20) return true;
  const words = new Uint32Array(page.buffer, page.byteOffset + at, (end - at) >> 2);
  // The highest bit of a byte is set by the subtraction where the byte is below 0x20, or was set before.
  for (let word = 0; word < words.length; word++)
    if (((words[word]! - 0x20202020) & ~words[word]! & 0x80808080) !== 0) return true;
  for (at += words.length * 4; at < end; at++) if (page[at]! < 0x20) return true;
  return false;
}
