import { StatusError } from '../http/status-error';
import type { StoredObject } from './stored-object';

/** A change as a watch sees it. */
export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  revision: number;
  object: StoredObject;
  /** What stood there before; absent for ADDED. */
  previous?: StoredObject;
}

const keptChanges = 2_000;
const keptSnapshots = 50;

/** The objects of one resource, with enough of their past for watches and for paging through a snapshot. */
export class Collection {
  readonly #objects = new Map<string, StoredObject>();
  #sorted: StoredObject[] | undefined = [];
  #changes: Change[] = [];
  /** Watches from before this revision are told 410. */
  #floor = 0;
  readonly #snapshots = new Map<number, StoredObject[]>();

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  get size(): number {
    return this.#objects.size;
  }

  record(change: Change): void {
    const { key } = change.object;
    if (change.type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, change.object);
    this.#sorted = undefined;
    this.#changes.push(change);
    if (this.#changes.length > keptChanges * 2) {
      this.#changes = this.#changes.slice(-keptChanges);
      this.#floor = this.#changes[0]!.revision - 1;
    }
  }

  /** All objects in key order. The array is never changed afterwards. */
  sorted(): StoredObject[] {
    this.#sorted ??= [...this.#objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return this.#sorted;
  }

  /** Keeps a state, given in key order, for the further pages of a list. */
  keep(revision: number, sorted: StoredObject[]): void {
    this.#snapshots.delete(revision);
    this.#snapshots.set(revision, sorted);
    if (this.#snapshots.size > keptSnapshots) {
      const [oldest] = this.#snapshots.keys();
      this.#snapshots.delete(oldest!);
    }
  }

  snapshot(revision: number): StoredObject[] | undefined {
    return this.#snapshots.get(revision);
  }

  /** Changes after a revision; 410 when they are no longer known. */
  since(revision: number): Change[] {
    if (revision < this.#floor) {
      throw new StatusError(410, 'Expired', `too old resource version: ${revision} (${this.#floor + 1})`);
    }
    return this.#changes.filter((change) => change.revision > revision);
  }

  /** Forgets the past, as etcd's compaction does every five minutes. */
  compact(revision: number): void {
    this.#snapshots.clear();
    this.#changes = [];
    this.#floor = revision;
  }
}

/** The part of key-ordered objects that lies in one namespace (all of them for ''). */
export function inNamespace(sorted: StoredObject[], namespace: string): StoredObject[] {
  if (!namespace) return sorted;
  // '0' is the character after '/'.
  return sorted.slice(lowerBound(sorted, `${namespace}/`), lowerBound(sorted, `${namespace}0`));
}

/** Index of the first object whose key is not before `key`. */
export function lowerBound(sorted: StoredObject[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
