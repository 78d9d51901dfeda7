import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { namespacesServed } from '../transform/references';
import { canBeReferred, type ClusterRef, clusterReferences } from './cluster-references';

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

/** A cluster-scoped object of the archive that is no part of the restore. */
interface LeftOut {
  reason: string;
  /** What it names itself. */
  references: ClusterRef[];
  /** It works for these namespaces: their accounts are its subjects, or their Services its backend. */
  namespaces: ReadonlySet<string>;
}

/** Cluster-scoped objects of one resource that a restore leaves out for one reason, and that what it restores needs. */
export interface LeftOutNeeds {
  groupResource: string;
  reason: string;
  names: string[];
}

/**
 * Finds the cluster-scoped objects that a restore leaves out although its objects need them: definitions of custom resources,
 * roles and their bindings, classes, webhooks and API services. Notes names of the archive's cluster-scoped objects, and of
 * what selected objects refer to; nothing for each object of a namespace.
 */
export class ClusterNeeds {
  /** By `clusterRefKey`. */
  readonly #leftOut = new Map<string, LeftOut>();
  readonly #named = new Map<string, ClusterRef>();

  /** Takes note of a cluster-scoped object that the request does not ask for, and why. */
  leavesOut(item: ItemRef, object: KubeObject, reason: string): void {
    const { groupResource, name } = item;
    const namespaces = namespacesServed(groupResource, object);
    const canBeNeeded = namespaces.size > 0 || groupResource === definitions || canBeReferred(groupResource);
    if (!canBeNeeded) return;
    const references = clusterReferences(groupResource, object);
    this.#leftOut.set(clusterRefKey({ groupResource, name }), { reason, references, namespaces });
  }

  /** Takes note of what a restored object needs. */
  restores({ groupResource }: ItemRef, object: KubeObject): void {
    const definition = { groupResource: definitions, name: groupResource };
    for (const one of [definition, ...clusterReferences(groupResource, object)]) {
      this.#named.set(clusterRefKey(one), one);
    }
  }

  /** @param namespaces source namespaces that are restored */
  leftOut(namespaces: ReadonlySet<string>): LeftOutNeeds[] {
    const found = new Map<string, LeftOutNeeds>();
    const seen = new Set<string>();
    const need = ({ groupResource, name }: ClusterRef) => {
      const key = clusterRefKey({ groupResource, name });
      const one = this.#leftOut.get(key);
      if (!one || seen.has(key)) return;
      seen.add(key);
      const group = `${groupResource}\0${one.reason}`;
      const needs = found.get(group) ?? { groupResource, reason: one.reason, names: [] };
      found.set(group, needs);
      needs.names.push(name);
      one.references.forEach(need);
    };
    for (const [key, one] of this.#leftOut) {
      if ([...one.namespaces].some((namespace) => namespaces.has(namespace))) need(refOf(key));
    }
    for (const one of this.#named.values()) need(one);
    for (const { names } of found.values()) names.sort();
    return [...found.values()].sort((left, right) => left.groupResource.localeCompare(right.groupResource));
  }
}

function clusterRefKey({ groupResource, name }: ClusterRef): string {
  return `${groupResource}/${name}`;
}

function refOf(key: string): ClusterRef {
  const slash = key.indexOf('/');
  return { groupResource: key.slice(0, slash), name: key.slice(slash + 1) };
}
