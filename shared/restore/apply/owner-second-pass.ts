import { objectPath } from '../../cluster/api-path';
import type { ApiResource } from '../../cluster/api-resource';
import type { OwnerReference } from '../../cluster/kube-object';
import { placeName } from '../../manifests/object-name';
import { forEachParallel } from './parallel';
import type { RestoreWork } from './restore-work';

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

  /** Sets the references whose owner is there now; the others are dropped and named in the report. */
  async run(work: RestoreWork, workers: number): Promise<void> {
    const waiting = this.#waiting.splice(0);
    await forEachParallel(waiting, workers, async ({ resource, namespace, name, references }) => {
      const { known, unknown } = work.owners.resolve(references);
      const place = `${resource.resource} ${placeName({ namespace, name })}`;
      for (const owner of unknown) {
        work.report.warn(
          `${place}: its owner ${owner.kind} ${owner.name} was not restored, so the reference is dropped`,
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
