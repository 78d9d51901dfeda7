import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { type Controllers, madeByControllers, revisionOf, withRevisions } from '../decide/left-to-controller';
import { isPod } from '../decide/volume-facts';

/** What the first reading of an archive leaves behind of controllers: a number or a uid for each. */
export class ControllerFacts implements Controllers {
  /** Group-resources of which some object may be left to a controller. */
  readonly resources = new Set<string>();
  readonly newestRevisions = new Map<string, number>();
  readonly suspendedCronJobs = new Set<string>();
  readonly ofPods = new Map<string, string>();
  restored: ReadonlySet<string> = new Set();

  /** uid of a pod → uid of its controller. */
  #ofAllPods = new Map<string, string>();

  /** Takes note of one object of the archive. */
  add({ groupResource }: ItemRef, object: KubeObject): void {
    const { uid, ownerReferences } = object.metadata;
    const controller = ownerReferences?.find((owner) => owner.controller);
    if (madeByControllers.has(groupResource) ? controller : ownerReferences?.some(isPod)) {
      this.resources.add(groupResource);
    }
    if (groupResource === 'pods' && controller && uid) this.#ofAllPods.set(uid, controller.uid);
    if (groupResource === 'cronjobs.batch' && object.spec?.suspend === true && uid) {
      this.suspendedCronJobs.add(uid);
    }
    const revision = withRevisions.has(groupResource) ? revisionOf(object) : undefined;
    if (!controller || revision === undefined) return;
    const newest = this.newestRevisions.get(controller.uid) ?? revision;
    this.newestRevisions.set(controller.uid, Math.max(newest, revision));
  }

  /**
   * Ends the first reading.
   * @param owners uids that some object names as its owner
   * @param restored those of them that are asked for
   */
  close(owners: ReadonlySet<string>, restored: ReadonlySet<string>): void {
    this.restored = restored;
    for (const [pod, controller] of this.#ofAllPods) {
      if (owners.has(pod) && restored.has(controller)) this.ofPods.set(pod, controller);
    }
    this.#ofAllPods = new Map();
  }
}
