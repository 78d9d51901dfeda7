import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { claimOf } from './claims';

/** The resources that stored objects pull others of into the backup (Velero's pkg/backup/actions). */
export const pulled = {
  claims: 'persistentvolumeclaims',
  volumes: 'persistentvolumes',
  priorityClasses: 'priorityclasses.scheduling.k8s.io',
  bindings: 'clusterrolebindings.rbac.authorization.k8s.io',
  roles: 'clusterroles.rbac.authorization.k8s.io',
  definitions: 'customresourcedefinitions.apiextensions.k8s.io',
  pods: 'pods',
} as const;

/** A place in the cluster: `shop/data-db-0`, or the name alone where there is no namespace. */
export function namespacedName(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

/**
 * Remembers which objects the stored ones need, by name only, and which of those are stored already. Label selectors do not
 * count for what is pulled in, as in Velero.
 */
export class RelatedItems {
  readonly #stored = new Map<string, Set<string>>();
  readonly #wanted = new Map<string, Set<string>>();
  /** `shop/web` of stored service accounts. */
  readonly serviceAccounts = new Set<string>();
  /** Resources, outside of the core group, of which something is stored: a CRD may define them. */
  readonly groupResources = new Set<string>();

  /** Whether the stored objects of a group-resource are to be noted. */
  static tracks(kind: string): boolean {
    return tracked.has(kind) || kind === serviceAccounts;
  }

  /** Notes a stored object of a group-resource. `object` is needed for pods and claims only. */
  stored(kind: string, namespace: string | undefined, name: string, object?: KubeObject): void {
    if (kind === serviceAccounts) this.serviceAccounts.add(namespacedName(namespace, name));
    else setOf(this.#stored, kind).add(namespacedName(namespace, name));
    if (kind === pulled.pods && object) this.#pod(object);
    if (kind === pulled.claims && object) this.#claim(object);
  }

  want(kind: string, key: string): void {
    setOf(this.#wanted, kind).add(key);
  }

  isStored(kind: string, key: string): boolean {
    return this.#stored.get(kind)?.has(key) ?? false;
  }

  storedOf(kind: string): ReadonlySet<string> {
    return setOf(this.#stored, kind);
  }

  /** What is wanted and not stored, sorted; asked for again it gives only what was wanted since. */
  takeMissing(kind: string): string[] {
    const wanted = this.#wanted.get(kind) ?? new Set();
    this.#wanted.delete(kind);
    return [...wanted].filter((key) => !this.isStored(kind, key)).sort();
  }

  #pod(pod: KubeObject): void {
    const { namespace, name } = pod.metadata;
    const { volumes = [], priorityClassName } = (pod.spec ?? {}) as PodSpec;
    for (const volume of volumes) {
      const claim = claimOf(volume, name);
      if (claim) this.want(pulled.claims, namespacedName(namespace, claim));
    }
    if (priorityClassName) this.want(pulled.priorityClasses, priorityClassName);
  }

  #claim(claim: KubeObject): void {
    const volume = claim.spec?.volumeName;
    if (claim.status?.phase === 'Bound' && typeof volume === 'string' && volume !== '')
      this.want(pulled.volumes, volume);
  }
}

interface PodSpec {
  volumes?: Parameters<typeof claimOf>[0][];
  priorityClassName?: string;
}

const serviceAccounts = 'serviceaccounts';
const tracked: ReadonlySet<string> = new Set(Object.values(pulled));

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  const set = map.get(key) ?? new Set<string>();
  map.set(key, set);
  return set;
}
