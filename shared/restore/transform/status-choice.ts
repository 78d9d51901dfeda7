import type { KubeObject } from '../../cluster/kube-object';
import { NameFilter } from '../../manifests/name-filter';
import type { RestoreSpec } from '../../manifests/velero';

/** Whether an object's status is written back: by `restoreStatus`, overruled by the object's own annotation. */
export class StatusChoice {
  readonly #filter?: NameFilter;

  /** @param resolve turns resources as people name them into Velero's names */
  constructor(
    spec: RestoreSpec['restoreStatus'],
    resolve: (names: string[] | undefined) => string[] | undefined,
  ) {
    if (spec) this.#filter = new NameFilter(resolve(spec.includedResources), resolve(spec.excludedResources));
  }

  wanted(groupResource: string, object: KubeObject): boolean {
    const own = object.metadata.annotations?.['velero.io/restore-status'];
    if (own === 'true') return true;
    if (own === 'false') return false;
    return this.#filter?.takes(groupResource) ?? false;
  }
}
