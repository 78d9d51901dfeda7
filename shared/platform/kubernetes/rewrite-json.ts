import { LifeboatError } from '../errors';
import { isMap } from '../input/is-map';
import { jsonAt } from './json-at';
import { damaged, openBracket, skipSpace, skipValue, visitElements } from './json-scan';
import { editJson, type JsonEdit } from './spans';

type JsonObject = Record<string, unknown>;

/**
 * Writes `after`, which was made by parsing `json` and changing the result, so that everything that was not changed
 * keeps its bytes: numbers that JavaScript rounds (64-bit integers) come through as they were. Elements of arrays are
 * followed by their value, else by their `name`, else by their index. Members that are undefined count as absent.
 * Throws LifeboatError `corrupt` when `json` is damaged, or when a number that JavaScript cannot hold would have to be
 * written from `after` because its place cannot be told.
 */
export function rewriteJson(json: Buffer, after: unknown): Buffer {
  const start = skipSpace(json, 0);
  const raw = json.subarray(start, skipValue(json, start));
  let before: unknown;
  try {
    before = JSON.parse(raw.toString('utf8'));
  } catch {
    throw damaged('it cannot be parsed');
  }
  return rewrite(raw, before, after);
}

function rewrite(raw: Buffer, before: unknown, after: unknown): Buffer {
  if (isSame(before, after)) return raw;
  if (isMap(before) && isMap(after)) return rewriteObject(raw, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return rewriteArray(raw, before, after);
  return encode(after);
}

function rewriteObject(raw: Buffer, before: JsonObject, after: JsonObject): Buffer {
  const edits: JsonEdit[] = [];
  for (const key of Object.keys(before)) {
    if (ownValue(after, key) === undefined) edits.push({ path: [key], remove: true });
  }
  for (const key of Object.keys(after)) {
    const value = ownValue(after, key);
    if (value === undefined) continue;
    const old = Object.hasOwn(before, key) ? jsonAt(raw, [key]) : undefined;
    if (old === undefined) edits.push({ path: [key], json: encode(value) });
    else if (!isSame(before[key], value)) edits.push({ path: [key], json: rewrite(old, before[key], value) });
  }
  return editJson(raw, edits);
}

function rewriteArray(raw: Buffer, before: unknown[], after: unknown[]): Buffer {
  const spans: Buffer[] = [];
  visitElements(raw, skipSpace(raw, 0), (_, start) => {
    const end = skipValue(raw, start);
    spans.push(raw.subarray(start, end));
    return end;
  });
  const origins = originsOf(before, after);
  const pieces = after.flatMap((value, index) => {
    const origin = origins[index];
    const bytes =
      origin === undefined ? encode(value ?? null) : rewrite(spans[origin]!, before[origin], value);
    return index === 0 ? [bytes] : [Buffer.from(','), bytes];
  });
  return Buffer.concat([Buffer.from([openBracket]), ...pieces, Buffer.from(']')]);
}

/** For each element, the index of the one it came from; each is taken once. */
function originsOf(before: unknown[], after: unknown[]): (number | undefined)[] {
  const used = new Set<number>();
  const origins = new Array<number | undefined>(after.length).fill(undefined);
  const pass = (find: (value: unknown, index: number) => number) => {
    for (const [index, value] of after.entries()) {
      if (origins[index] !== undefined) continue;
      const found = find(value, index);
      if (found < 0 || found >= before.length || used.has(found)) continue;
      used.add(found);
      origins[index] = found;
    }
  };
  pass((value, index) => (isSame(before[index], value) ? index : -1));
  pass((value) => before.findIndex((old, index) => !used.has(index) && isSame(old, value)));
  pass((value) => {
    const name = nameOf(value);
    return name === undefined
      ? -1
      : before.findIndex((old, index) => !used.has(index) && nameOf(old) === name);
  });
  pass((value, index) => (nameOf(value) === undefined && typeof value === 'object' ? index : -1));
  return origins;
}

function nameOf(value: unknown): unknown {
  return isMap(value) ? ownValue(value, 'name') : undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isSame(value, b[index]));
  }
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a).filter((key) => ownValue(a, key) !== undefined);
  const others = Object.keys(b).filter((key) => ownValue(b, key) !== undefined);
  return keys.length === others.length && keys.every((key) => isSame(ownValue(a, key), ownValue(b, key)));
}

function ownValue(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function encode(value: unknown): Buffer {
  const text = JSON.stringify(value, (_, inner) => {
    if (typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner)) {
      throw new LifeboatError('corrupt', `the number ${inner} cannot be written without losing digits`);
    }
    return inner;
  });
  return Buffer.from(text);
}
