import { sameValue } from '../field-diff';
import { setField } from '../../../../platform/input/own-field';
import type { JsonPatchOperation } from '../modifier-value';

/** Why a JSON patch does not apply: a `test` that does not hold, a path that leads nowhere, or no patch at all. */
export class JsonPatchError extends Error {
  constructor(
    readonly fault: 'test-failed' | 'missing' | 'malformed',
    message: string,
  ) {
    super(message);
    this.name = 'JsonPatchError';
  }
}

/**
 * RFC 6902, all or nothing. Gives a new value; `copy` makes the copy that is worked on. Throws `JsonPatchError`.
 * Negative indices count from the end (evanphx/json-patch, which the API server and Velero use).
 */
export function jsonPatch(
  target: unknown,
  operations: readonly JsonPatchOperation[],
  copy: <T>(value: T) => T,
): unknown {
  if (!Array.isArray(operations)) throw new JsonPatchError('malformed', 'a JSON patch is a list');
  const root = { '': copy(target) };
  for (const operation of operations) {
    const path = readPointer(operation.path);
    switch (operation.op) {
      case 'add':
        add(root, path, operation.value);
        break;
      case 'remove':
        remove(root, path);
        break;
      case 'replace':
        remove(root, path);
        add(root, path, operation.value);
        break;
      case 'move':
        add(root, path, remove(root, readPointer(operation.from ?? '')));
        break;
      case 'copy':
        add(root, path, copy(read(root, readPointer(operation.from ?? ''))));
        break;
      case 'test':
        test(root, path, operation.value);
        break;
      default:
        throw new JsonPatchError('malformed', `${String((operation as { op: unknown }).op)} is no operation`);
    }
  }
  return root[''];
}

/** The steps of a JSON pointer, from a holder whose only field is ''. Throws `JsonPatchError` for text that is not a pointer. */
export function readPointer(pointer: string): string[] {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) {
    throw new JsonPatchError('missing', `${String(pointer)} is no path`);
  }
  return pointer.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(root: unknown, path: string[]): unknown {
  return path.reduce((value, step) => {
    const found = child(value, step);
    if (found === undefined) throw missing(path);
    return found;
  }, root);
}

function child(holder: unknown, step: string): unknown {
  if (Array.isArray(holder)) return holder[indexIn(holder, step)];
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, step)) return undefined;
  return (holder as Record<string, unknown>)[step];
}

function indexIn(list: unknown[], step: string): number {
  if (!/^-?\d+$/.test(step)) return Number.NaN;
  const at = Number(step);
  return at < 0 ? at + list.length : at;
}

/** A field that is not there is null to a test; one whose holder is not there is missing. */
function test(root: unknown, path: string[], wanted: unknown): void {
  const found = child(read(root, path.slice(0, -1)), path.at(-1)!) ?? null;
  const isSame = found === null || wanted === null ? found === wanted : sameValue(found, wanted);
  if (!isSame) throw new JsonPatchError('test-failed', `the value at ${path.join('/')} is another`);
}

function add(root: unknown, path: string[], value: unknown): void {
  const holder = holderFor(root, path);
  const step = path.at(-1)!;
  if (Array.isArray(holder)) {
    const at = step === '-' ? holder.length : indexIn(holder, step);
    if (!Number.isInteger(at) || at < 0 || at > holder.length) throw missing(path);
    holder.splice(at, 0, value);
  } else if (typeof holder === 'object' && holder !== null) {
    setField(holder as Record<string, unknown>, step, value);
  } else throw missing(path);
}

/** Where `path` is added. A map that is not there is not made (RFC 6902, 4.1): the rule has to add it before. */
function holderFor(root: unknown, path: string[]): unknown {
  let holder = root;
  for (const [index, step] of path.slice(0, -1).entries()) {
    holder = child(holder, step);
    if (holder === undefined) {
      const pointer = pointerOf(path.slice(0, index + 1));
      throw new JsonPatchError(
        'missing',
        `there is nothing at ${pointer} to add ${pointerOf(path)} to: add ${pointer} first, where it is missing, or use mergePatches, which make it`,
      );
    }
  }
  return holder;
}

function remove(root: unknown, path: string[]): unknown {
  const holder = read(root, path.slice(0, -1));
  const step = path.at(-1)!;
  const removed = read(root, path);
  if (Array.isArray(holder)) holder.splice(indexIn(holder, step), 1);
  else delete (holder as Record<string, unknown>)[step];
  return removed;
}

function pointerOf(path: string[]): string {
  return path.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
}

function missing(path: string[]): JsonPatchError {
  return new JsonPatchError('missing', `there is nothing at ${pointerOf(path)}`);
}
