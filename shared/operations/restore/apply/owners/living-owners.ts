import { objectPath } from '../../../../platform/kubernetes/api-path';
import { groupOf } from '../../../../platform/kubernetes/api-resource';
import type { OwnerReference } from '../../../../platform/kubernetes/kube-object';
import { movedTo } from '../../convert/moved';
import { beingDeleted } from '../refused/being-deleted';
import type { Target } from '../../target/target';
import type { TargetCalls } from '../../target/target-calls';

/** What the look for owners asks. */
export interface LivingWork {
  calls: TargetCalls;
  target: Target;
}

/** Asks the cluster for owners that were not part of a restore. An owner is asked for once, whatever it owns. */
export class LivingOwners {
  readonly #asked = new Map<string, Promise<string | undefined>>();

  constructor(private readonly work: LivingWork) {}

  /**
   * Why an object of a namespace cannot have this owner; undefined when the owner is there with that very uid. The garbage
   * collector deletes what has an owner of another uid, or one in another namespace.
   */
  lacks(owner: OwnerReference, namespace: string | undefined): Promise<string | undefined> {
    // A reference may name a uid and not mean that object.
    const key = [owner.uid, namespace, owner.apiVersion, owner.kind, owner.name].join('\0');
    const asked = this.#asked.get(key) ?? this.#ask(owner, namespace);
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask(owner: OwnerReference, namespace: string | undefined): Promise<string | undefined> {
    const { calls, target } = this.work;
    const group = groupOf(owner.apiVersion);
    const resource =
      target.resources.find((one) => one.kind === owner.kind && one.group === group) ??
      target.resources.find((one) => one.kind === owner.kind && isSuccessor(group, one));
    if (!resource) return `the cluster does not serve ${owner.apiVersion} ${owner.kind}`;
    if (resource.namespaced && namespace === undefined) return 'it lies in a namespace';
    const path = objectPath(resource, resource.namespaced ? namespace : undefined, owner.name);
    const { object, status } = await calls.read(path);
    if (status) return `it cannot be read: ${status.message}`;
    if (!object) return 'it is not in the cluster';
    if (object.metadata.uid !== owner.uid) return 'the cluster has another object of that name';
    return beingDeleted(object);
  }
}

/** Whether a resource is what became of one of the same name in an older group. */
function isSuccessor(group: string, { resource, group: now }: { resource: string; group: string }): boolean {
  return movedTo(`${resource}.${group}`) === `${resource}.${now}`;
}
