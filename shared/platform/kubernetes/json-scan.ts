import { LifeboatError } from '../errors';

/**
 * Finding where values of a JSON text begin and end, without decoding them. It keeps to the limits of the buffer but is
 * no validator: what it passes over may still be refused by JSON.parse.
 */

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

/** Index of the first byte at or after `at` that is not white space. */
export function skipSpace(json: Buffer, at: number): number {
  let byte = json[at];
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = json[++at];
  return at;
}

/** A string that has not ended after so many bytes is searched natively: a call costs as much as a loop over these. */
const near = 64;

/** Index behind the closing quote of the string that opens at `start`. */
function skipString(json: Buffer, start: number): number {
  let at = start + 1;
  let far = at + near;
  let byte = json[at++];
  while (byte !== quote) {
    if (byte === backslash) at++;
    else if (byte === undefined) throw damaged('a string does not end');
    else if (at > far) {
      at = nextQuoteOrEscape(json, at);
      far = at + near;
    }
    byte = json[at++];
  }
  return at;
}

/** Somewhere between `at` and the next quote that may end the string, and not behind a backslash before that. */
function nextQuoteOrEscape(json: Buffer, at: number): number {
  const found = json.indexOf(quote, at);
  if (found < 0) throw damaged('a string does not end');
  return json[found - 1] === backslash ? json.indexOf(backslash, at) : found;
}

/** Index behind the value that begins at `start` (no white space before it). */
export function skipValue(json: Buffer, start: number): number {
  const first = json[start];
  if (first === quote) return skipString(json, start);
  if (first === openBrace || first === openBracket) return skipContainer(json, start);
  let at = start;
  for (; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === comma || byte === closeBrace || byte === closeBracket || byte <= 0x20) break;
  }
  if (at === start) throw damaged('a value is missing');
  return at;
}

/**
 * Index behind the object or array that opens at `start`. Most bytes of a list go through here, so strings are passed over in
 * the same loop, without a call for each: a third of the time less.
 */
function skipContainer(json: Buffer, start: number): number {
  const { length } = json;
  let depth = 0;
  for (let at = start; at < length; ) {
    const byte = json[at++];
    if (byte === quote) {
      let far = at + near;
      let inside = json[at++];
      while (inside !== quote) {
        if (inside === backslash) at++;
        else if (at > far) {
          at = nextQuoteOrEscape(json, at);
          far = at + near;
        }
        inside = json[at++];
      }
    } else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at;
  }
  throw damaged('an object or array does not end');
}

/**
 * Visits the members of the object that opens at `start`: the key's span with its quotes, and where the value begins.
 * The visitor returns the index behind the value, or -1 to stop. Returns the index behind the closing brace, or -1.
 */
export function visitMembers(
  json: Buffer,
  start: number,
  visit: (keyStart: number, keyEnd: number, valueStart: number) => number,
): number {
  let at = skipSpace(json, start + 1);
  if (json[at] === closeBrace) return at + 1;
  for (;;) {
    if (json[at] !== quote) throw damaged('a key is missing');
    const keyEnd = skipString(json, at);
    const after = skipSpace(json, keyEnd);
    if (json[after] !== colon) throw damaged('a colon is missing');
    const valueEnd = visit(at, keyEnd, skipSpace(json, after + 1));
    if (valueEnd < 0) return -1;
    at = skipSpace(json, valueEnd);
    if (json[at] === closeBrace) return at + 1;
    if (json[at] !== comma) throw damaged('an object does not end');
    at = skipSpace(json, at + 1);
  }
}

/** The same for the elements of the array that opens at `start`. */
export function visitElements(
  json: Buffer,
  start: number,
  visit: (index: number, valueStart: number) => number,
): number {
  let at = skipSpace(json, start + 1);
  if (json[at] === closeBracket) return at + 1;
  for (let index = 0; ; index++) {
    at = skipSpace(json, visit(index, at));
    if (json[at] === closeBracket) return at + 1;
    if (json[at] !== comma) throw damaged('an array does not end');
    at = skipSpace(json, at + 1);
  }
}

/** Whether the key of a span is `key`, a word without escapes, as servers write theirs; cheaper than decoding it. */
export function isPlainKey(json: Buffer, keyStart: number, keyEnd: number, key: string): boolean {
  if (keyEnd - keyStart !== key.length + 2) return false;
  for (let at = 0; at < key.length; at++) if (json[keyStart + 1 + at] !== key.charCodeAt(at)) return false;
  return true;
}

/** The text between the quotes of a span, decoded. */
export function keyAt(json: Buffer, keyStart: number, keyEnd: number): string {
  const text = json.toString('utf8', keyStart + 1, keyEnd - 1);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

export function damaged(what: string): LifeboatError {
  return new LifeboatError('corrupt', `not JSON: ${what}`);
}
