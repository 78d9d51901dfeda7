import { isDeepStrictEqual } from 'node:util';
import { copyJson } from './json-text';
import { StatusError } from './status-error';

export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  path: string;
  from?: string;
  value?: unknown;
}

/** RFC 6902. A path that is not there or a failed test is refused with 422, as the real server does. */
export function jsonPatch(target: unknown, operations: JsonPatchOperation[]): unknown {
  if (!Array.isArray(operations)) throw refused(400, 'BadRequest');
  const root = { '': copyJson(target) };
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
        add(root, path, copyJson(read(root, readPointer(operation.from ?? ''))));
        break;
      case 'test':
        if (!isDeepStrictEqual(read(root, path), operation.value)) throw refused();
        break;
      default:
        throw refused(400, 'BadRequest');
    }
  }
  return root[''];
}

/** The steps from a holder whose only field is ''. */
function readPointer(pointer: string): string[] {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) throw refused();
  return pointer.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(root: unknown, path: string[]): unknown {
  return path.reduce((value, step) => {
    const found = (value as Record<string, unknown> | null | undefined)?.[step];
    if (found === undefined) throw refused();
    return found;
  }, root);
}

function add(root: unknown, path: string[], value: unknown): void {
  const holder = read(root, path.slice(0, -1));
  const step = path.at(-1)!;
  if (Array.isArray(holder)) {
    const at = step === '-' ? holder.length : Number(step);
    if (!Number.isInteger(at) || at < 0 || at > holder.length) throw refused();
    holder.splice(at, 0, value);
  } else if (typeof holder === 'object' && holder !== null) {
    (holder as Record<string, unknown>)[step] = value;
  } else throw refused();
}

function remove(root: unknown, path: string[]): unknown {
  const holder = read(root, path.slice(0, -1));
  const step = path.at(-1)!;
  const removed = read(root, path);
  if (Array.isArray(holder)) holder.splice(Number(step), 1);
  else delete (holder as Record<string, unknown>)[step];
  return removed;
}

const refused = (code = 422, reason = 'Invalid') =>
  new StatusError(code, reason, 'the server rejected our request due to an error in our request', {});
