import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { type Change, Collection } from './collection';
import { StoredObject } from './stored-object';

export type ChangeListener = (change: Change) => void;

/** Stands for etcd: collections of objects under one growing revision, with indexes by uid and by owner. */
export class Storage {
  revision: number;
  readonly #collections = new Map<string, Collection>();
  readonly #byUid = new Map<string, StoredObject>();
  readonly #dependents = new Map<string, Map<string, StoredObject>>();
  readonly #listeners = new Set<ChangeListener>();

  constructor(revision = 1) {
    this.revision = revision;
  }

  collection(storage: string): Collection {
    let found = this.#collections.get(storage);
    if (!found) {
      found = new Collection();
      this.#collections.set(storage, found);
    }
    return found;
  }

  collections(): IterableIterator<[string, Collection]> {
    return this.#collections.entries();
  }

  byUid(uid: string): StoredObject | undefined {
    return this.#byUid.get(uid);
  }

  /** Objects whose ownerReferences name this uid. */
  dependents(uid: string): StoredObject[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  /** Writes a new revision of an object and tells the listeners. */
  put(storage: string, object: KubeObject): StoredObject {
    this.revision += 1;
    const stored = new StoredObject(storage, this.revision, object);
    const collection = this.collection(storage);
    const previous = collection.get(stored.key);
    if (previous) this.#unindex(previous);
    this.#index(stored);
    this.#publish(collection, {
      type: previous ? 'MODIFIED' : 'ADDED',
      revision: this.revision,
      object: stored,
      previous,
    });
    return stored;
  }

  /** Puts back an object as it was saved, under its own revision, without telling anybody. */
  restore(storage: string, object: KubeObject): void {
    const revision = Number(object.metadata.resourceVersion ?? 1);
    const stored = new StoredObject(storage, revision, object);
    this.revision = Math.max(this.revision, revision);
    this.#index(stored);
    this.collection(storage).record({ type: 'ADDED', revision, object: stored });
  }

  /** Removes an object; watches see its last state under the revision of its end. */
  remove(previous: StoredObject): void {
    this.revision += 1;
    this.#unindex(previous);
    const object = new StoredObject(previous.storage, this.revision, previous.object());
    this.#publish(this.collection(previous.storage), {
      type: 'DELETED',
      revision: this.revision,
      object,
      previous,
    });
  }

  /** Calls back after each change, in order, until the returned function is called. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets all past revisions. */
  compact(): void {
    for (const collection of this.#collections.values()) collection.compact(this.revision);
  }

  #publish(collection: Collection, change: Change): void {
    collection.record(change);
    for (const listener of this.#listeners) listener(change);
  }

  #index(stored: StoredObject): void {
    this.#byUid.set(stored.uid, stored);
    for (const { uid } of stored.meta.ownerReferences ?? []) {
      const owned = this.#dependents.get(uid) ?? new Map<string, StoredObject>();
      owned.set(stored.uid, stored);
      this.#dependents.set(uid, owned);
    }
  }

  #unindex(stored: StoredObject): void {
    this.#byUid.delete(stored.uid);
    for (const { uid } of stored.meta.ownerReferences ?? []) {
      const owned = this.#dependents.get(uid);
      owned?.delete(stored.uid);
      if (owned?.size === 0) this.#dependents.delete(uid);
    }
  }
}
