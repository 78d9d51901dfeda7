import { type ApiResource, groupResource } from '../../../../platform/kubernetes/api-resource';
import type { OwnerReference } from '../../../../platform/kubernetes/kube-object';
import { saysRefusedByRbac } from '../../../../platform/kubernetes/status';
import { PathSet } from '../../../../formats/vault/untrusted/path-set';
import type { Clock } from '../../../../platform/clock';
import type { Target } from '../../target/target';
import type { TargetCalls } from '../../target/target-calls';

/** What reads the objects of the cluster. */
export interface OwnedWork {
  calls: TargetCalls;
  target: Target;
  clock: Clock;
}

/** An object that names an owner. */
export interface OwnedObject {
  resource: ApiResource;
  namespace?: string;
  name: string;
  uid: string;
  /** To the owner that it was found by. */
  reference: OwnerReference;
}

/** What is owned in a namespace, or in the whole cluster. */
interface Owned {
  /** By the uid of the owner. */
  byOwner: Map<string, OwnedObject[]>;
  /** Names of all claims, by namespace. */
  claims: Map<string, string[]>;
  /** Resources that could not be listed, with the reason. */
  unread: Map<string, string>;
  /** The credentials may not list all of it. */
  denied: boolean;
}

interface Reading {
  /** On the monotonic clock; unset while it is read. */
  freshUntil?: number;
  owned: Promise<Owned>;
}

/** In milliseconds. */
const shortestFresh = 3_000;

/** A reading is good for so many times as long as it took, so that readings take a fifth of the time at most. */
const freshFor = 4;

/** With more namespaces than that, one reading of the whole cluster serves them all. */
const mostNamespaces = 4;

/** Nothing owns them, and a cluster has very many. */
const neverOwned = new Set(['events', 'events.events.k8s.io']);

/**
 * Finds what objects own. Nothing in an API server leads from an owner to its dependents, so the metadata of everything in
 * the namespace is read; only before an object is deleted. Objects that are deleted at about the same time share a reading.
 */
export class OwnedObjects {
  readonly #readings = new Map<string, Reading>();
  readonly #namespaces = new Set<string>();
  readonly #gone = new PathSet();

  /** What is owned in a namespace; in the whole cluster for an owner without one. */
  async in(work: OwnedWork, namespace: string | undefined): Promise<Owned> {
    if (namespace !== undefined) this.#namespaces.add(namespace);
    if (namespace !== undefined && this.#namespaces.size <= mostNamespaces)
      return this.#read(work, namespace);
    const whole = await this.#read(work, undefined);
    return namespace === undefined || !whole.denied ? whole : this.#read(work, namespace);
  }

  /** What an object owns itself. Objects that this restore has deleted are not among it, also where a plan deletes none. */
  direct({ byOwner }: Owned, uid: string): OwnedObject[] {
    return (byOwner.get(uid) ?? []).filter((one) => !this.#gone.has(one.uid));
  }

  /** What an object owns, and what that owns, and so on; each once. */
  all(owned: Owned, uid: string): OwnedObject[] {
    const found = new Map<string, OwnedObject>();
    const owners = [uid];
    for (let owner = owners.pop(); owner !== undefined; owner = owners.pop()) {
      for (const one of this.direct(owned, owner)) {
        if (found.has(one.uid)) continue;
        found.set(one.uid, one);
        owners.push(one.uid);
      }
    }
    return [...found.values()];
  }

  /** Notes that an object is deleted. */
  forget(uid: string | undefined): void {
    if (uid !== undefined) this.#gone.add(uid);
  }

  #read(work: OwnedWork, namespace: string | undefined): Promise<Owned> {
    const key = namespace ?? '';
    const { clock } = work;
    const started = clock.monotonic();
    const known = this.#readings.get(key);
    if (known && started < (known.freshUntil ?? Number.POSITIVE_INFINITY)) return known.owned;
    const reading: Reading = { owned: read(work, namespace) };
    this.#readings.set(key, reading);
    return reading.owned.finally(() => {
      const now = clock.monotonic();
      reading.freshUntil = now + Math.max(shortestFresh, freshFor * (now - started));
    });
  }
}

async function read(work: OwnedWork, namespace: string | undefined): Promise<Owned> {
  const owned: Owned = { byOwner: new Map(), claims: new Map(), unread: new Map(), denied: false };
  const resources = work.target.resources.filter(
    (one) =>
      one.preferred &&
      (namespace === undefined || one.namespaced) &&
      one.verbs.includes('list') &&
      !neverOwned.has(groupResource(one)),
  );
  await Promise.all(resources.map((resource) => readResource(work, namespace, resource, owned)));
  return owned;
}

async function readResource(
  work: OwnedWork,
  namespace: string | undefined,
  resource: ApiResource,
  owned: Owned,
): Promise<void> {
  const { byOwner, claims, unread } = owned;
  const isClaim = groupResource(resource) === 'persistentvolumeclaims';
  for await (const { objects, status } of work.calls.pages(resource, { namespace, metadataOnly: true })) {
    if (status) unread.set(groupResource(resource), status.message);
    if (status && saysRefusedByRbac(status)) owned.denied = true;
    for (const { metadata } of objects) {
      const { name, uid, namespace: within = '' } = metadata;
      if (isClaim) append(claims, within, name);
      if (!uid) continue;
      for (const reference of metadata.ownerReferences ?? []) {
        append(byOwner, reference.uid, { resource, namespace: metadata.namespace, name, uid, reference });
      }
    }
  }
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
