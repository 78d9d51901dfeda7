import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { ApiResource } from '../../../../platform/kubernetes/api-resource';
import type { OwnerReference } from '../../../../platform/kubernetes/kube-object';
import { placeName } from '../../../../formats/manifests/object-name';
import { LivingOwners, type LivingWork } from './living-owners';
import { forEachParallel } from '../pace/parallel';
import type { OwnerMap } from './owner-map';
import type { Report } from '../../report/report';

/** What the second pass works on. */
export interface SecondPassWork extends LivingWork {
  owners: OwnerMap;
  report: Report;
}

/** An object that was made before its owners were known. */
interface Ownerless {
  resource: ApiResource;
  namespace?: string;
  name: string;
  references: OwnerReference[];
}

/** Gives owners to what was made before them. */
export class OwnerSecondPass {
  readonly #waiting: Ownerless[] = [];

  defer(object: Ownerless): void {
    this.#waiting.push(object);
  }

  /**
   * Sets the references whose owner is there: restored, or alive in the cluster with the uid that the reference names. The others
   * are dropped and named in the report.
   */
  async run(work: SecondPassWork, workers: number): Promise<void> {
    const waiting = this.#waiting.splice(0);
    const living = new LivingOwners(work);
    await forEachParallel(waiting, workers, async ({ resource, namespace, name, references }) => {
      const { known, unknown } = work.owners.resolve(references);
      const place = `${resource.resource} ${placeName({ namespace, name })}`;
      for (const owner of unknown) {
        const reason = await living.lacks(owner, namespace);
        if (reason === undefined) {
          known.push(owner);
          continue;
        }
        work.report.warn(
          `${place}: its owner ${owner.kind} ${owner.name} was not restored and ${reason}, so the reference is dropped`,
          namespace ?? '',
        );
      }
      if (known.length === 0) return;
      const patch = JSON.stringify({ metadata: { ownerReferences: known } });
      const answer = await work.calls.call('PATCH', objectPath(resource, namespace, name), patch);
      if (!answer.accepted) {
        work.report.warn(`${place}: its owner could not be set: ${answer.status.message}`, namespace ?? '');
      }
    });
  }
}
