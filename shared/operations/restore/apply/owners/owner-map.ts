import type { OwnerReference } from '../../../../platform/kubernetes/kube-object';

/** The new uids of owners that this restore has made or found. */
export class OwnerMap {
  readonly #uids = new Map<string, string>();

  /** @param referenced uids that some object of the archive names as its owner; only those are kept */
  constructor(private readonly referenced: ReadonlySet<string>) {}

  wants(oldUid: string | undefined): oldUid is string {
    return oldUid !== undefined && this.referenced.has(oldUid);
  }

  learn(oldUid: string, newUid: string): void {
    this.#uids.set(oldUid, newUid);
  }

  /** The owner is not in the cluster any more. */
  forget(oldUid: string): void {
    this.#uids.delete(oldUid);
  }

  /** Whether this restore has made or found the owner. */
  knows(oldUid: string): boolean {
    return this.#uids.has(oldUid);
  }

  /** References with the new uids, and those whose owner is not known. A stale uid would make the garbage collector delete the object. */
  resolve(references: readonly OwnerReference[]): { known: OwnerReference[]; unknown: OwnerReference[] } {
    const known: OwnerReference[] = [];
    const unknown: OwnerReference[] = [];
    for (const reference of references) {
      const uid = this.#uids.get(reference.uid);
      if (uid === undefined) unknown.push(reference);
      else known.push({ ...reference, uid });
    }
    return { known, unknown };
  }
}
