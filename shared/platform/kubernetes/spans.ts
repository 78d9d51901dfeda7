import { LifeboatError } from '../errors';
import {
  closeBrace,
  closeBracket,
  damaged,
  keyAt,
  openBrace,
  openBracket,
  skipSpace,
  skipValue,
  visitElements,
  visitMembers,
} from './json-scan';

/** Names of members and indexes of elements, from the outside in. */
export type JsonPath = readonly (string | number)[];

/**
 * One change of a JSON text. `set` puts a value (encoded by JSON.stringify), `json` puts bytes as they are: over what
 * is there, else as a new member, with the objects that are missing on the way; an index one past the end of an array
 * appends. `remove` takes a member or element out, and does nothing where there is none.
 */
export type JsonEdit =
  | { path: JsonPath; set: unknown }
  | { path: JsonPath; json: Buffer }
  | { path: JsonPath; remove: true };

/** Changes along one path: at its end an action, before it the ways on. */
interface Change {
  action?: 'remove' | Buffer;
  below?: Map<string | number, Change>;
}

/**
 * Changes values of a JSON text and leaves the bytes of all others as they are, so that 64-bit integers, floats and
 * unknown fields survive. Paths and indexes mean the text as it was given; the order of the edits has no meaning, and
 * no edit may lie inside another's path. White space between the members of a changed object is not kept.
 * Throws LifeboatError `corrupt` when the text is damaged or a path leads through something that is no container.
 */
export function editJson(json: Buffer, edits: readonly JsonEdit[]): Buffer {
  if (edits.length === 0) return json;
  const root = planOf(edits);
  const pieces: Buffer[] = [];
  const start = skipSpace(json, 0);
  const end = write(json, start, root, pieces);
  if (skipSpace(json, end) !== json.length) throw damaged('something follows the value');
  return Buffer.concat(pieces);
}

function planOf(edits: readonly JsonEdit[]): Change {
  const root: Change = {};
  for (const edit of edits) {
    let change = root;
    for (const step of edit.path) {
      if (change.action) throw overlapping(edit.path);
      change.below ??= new Map();
      let next = change.below.get(step);
      if (!next) {
        next = {};
        change.below.set(step, next);
      }
      change = next;
    }
    if (change.below || change.action) throw overlapping(edit.path);
    change.action = 'remove' in edit ? 'remove' : 'json' in edit ? edit.json : encode(edit.set);
  }
  if (root.action === 'remove') throw new TypeError('editJson: the whole value cannot be removed');
  return root;
}

/** Writes the value at `start` with its changes; returns the index behind it. */
function write(json: Buffer, start: number, change: Change, pieces: Buffer[]): number {
  const end = () => skipValue(json, start);
  if (change.action) {
    pieces.push(change.action as Buffer);
    return end();
  }
  if (!change.below) {
    const behind = end();
    pieces.push(json.subarray(start, behind));
    return behind;
  }
  if (json[start] === openBrace) return writeObject(json, start, change.below, pieces);
  if (json[start] === openBracket) return writeArray(json, start, change.below, pieces);
  const behind = end();
  const created = [...change.below.values()].some(sets);
  if (!created) pieces.push(json.subarray(start, behind));
  else if (json.toString('latin1', start, behind) === 'null') writeNew(change, pieces);
  else
    throw new LifeboatError(
      'corrupt',
      `a value that is no object stands in the way of ${pathText(change.below)}`,
    );
  return behind;
}

function writeObject(
  json: Buffer,
  start: number,
  below: Map<string | number, Change>,
  pieces: Buffer[],
): number {
  const done = new Set<string>();
  let first = true;
  pieces.push(brace.open);
  const separate = () => {
    if (!first) pieces.push(brace.comma);
    first = false;
  };
  const end = visitMembers(json, start, (keyStart, keyEnd, valueStart) => {
    const key = keyAt(json, keyStart, keyEnd);
    const change = below.get(key);
    // Of a key that is there twice, the last one counts for JSON.parse and for API servers: a set value replaces both.
    if (change?.action === 'remove' || (change?.action && done.has(key))) return skipValue(json, valueStart);
    separate();
    if (!change) {
      const valueEnd = skipValue(json, valueStart);
      pieces.push(json.subarray(keyStart, valueEnd));
      return valueEnd;
    }
    done.add(key);
    pieces.push(json.subarray(keyStart, valueStart));
    return write(json, valueStart, change, pieces);
  });
  for (const [key, change] of below) {
    if (typeof key !== 'string' || done.has(key) || !sets(change)) continue;
    separate();
    pieces.push(Buffer.from(`${JSON.stringify(key)}:`));
    writeNew(change, pieces);
  }
  pieces.push(brace.close);
  return end;
}

function writeArray(
  json: Buffer,
  start: number,
  below: Map<string | number, Change>,
  pieces: Buffer[],
): number {
  let first = true;
  let length = 0;
  pieces.push(bracket.open);
  const separate = () => {
    if (!first) pieces.push(brace.comma);
    first = false;
  };
  const end = visitElements(json, start, (index, valueStart) => {
    length = index + 1;
    const change = below.get(index);
    if (change?.action === 'remove') return skipValue(json, valueStart);
    separate();
    return write(json, valueStart, change ?? {}, pieces);
  });
  for (; below.has(length) && sets(below.get(length)!); length++) {
    separate();
    writeNew(below.get(length)!, pieces);
  }
  const beyond = [...below].find(
    ([index, change]) => sets(change) && (typeof index !== 'number' || index >= length),
  );
  if (beyond) throw new LifeboatError('corrupt', `an array has no place for "${beyond[0]}"`);
  pieces.push(bracket.close);
  return end;
}

/** A value where there was none. */
function writeNew(change: Change, pieces: Buffer[]): void {
  if (change.action) {
    pieces.push(change.action as Buffer);
    return;
  }
  let separator = '{';
  for (const [key, inner] of change.below ?? []) {
    if (!sets(inner)) continue;
    if (typeof key === 'number') throw new LifeboatError('corrupt', `there is no array for the index ${key}`);
    pieces.push(Buffer.from(`${separator}${JSON.stringify(key)}:`));
    separator = ',';
    writeNew(inner, pieces);
  }
  pieces.push(brace.close);
}

/** False when all that lies on this way is to be removed. */
function sets(change: Change): boolean {
  if (change.action) return change.action !== 'remove';
  return [...(change.below?.values() ?? [])].some(sets);
}

function encode(value: unknown): Buffer {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError('editJson: a value to set is undefined');
  return Buffer.from(text);
}

function overlapping(path: JsonPath): TypeError {
  return new TypeError(`editJson: two edits meet at ${path.join('.')}`);
}

function pathText(below: Map<string | number, Change>): string {
  return [...below.keys()].map((key) => `"${key}"`).join(', ');
}

const brace = {
  open: Buffer.from([openBrace]),
  close: Buffer.from([closeBrace]),
  comma: Buffer.from(','),
};
const bracket = { open: Buffer.from([openBracket]), close: Buffer.from([closeBracket]) };
