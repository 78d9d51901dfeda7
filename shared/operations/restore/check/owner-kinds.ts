import { groupOf } from '../../../platform/kubernetes/api-resource';
import type { KubeObject, OwnerReference } from '../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../formats/vault/archive-types';

const nobody: ReadonlySet<string> = new Set();

/** Which resources of an archive own objects of which: a few names for each resource, nothing for each object. */
export class OwnerKinds {
  /** `group/Kind` → group-resource. */
  readonly #resources = new Map<string, string>();
  /** Group-resource → `group/Kind` of owners. */
  readonly #owners = new Map<string, Set<string>>();
  #resolved = new Map<string, ReadonlySet<string>>();

  add({ groupResource }: ItemRef, { apiVersion, kind, metadata }: KubeObject): void {
    this.#resources.set(kindKey(apiVersion, kind), groupResource);
    for (const owner of metadata.ownerReferences ?? []) {
      const owners = this.#owners.get(groupResource) ?? new Set();
      this.#owners.set(groupResource, owners.add(kindKey(owner.apiVersion, owner.kind)));
    }
    this.#resolved.clear();
  }

  /** The group-resource of an owner's kind; undefined when the archive has none of it. */
  resourceOf(owner: OwnerReference): string | undefined {
    return this.#resources.get(kindKey(owner.apiVersion, owner.kind));
  }

  /** Group-resources that hold owners of objects of this one. */
  of(groupResource: string): ReadonlySet<string> {
    const owners = this.#owners.get(groupResource);
    if (!owners) return nobody;
    const known = this.#resolved.get(groupResource);
    if (known) return known;
    const resolved = new Set([...owners].flatMap((kind) => this.#resources.get(kind) ?? []));
    this.#resolved.set(groupResource, resolved);
    return resolved;
  }
}

function kindKey(apiVersion: string | undefined, kind: string | undefined): string {
  return `${groupOf(apiVersion ?? '')}/${kind}`;
}
