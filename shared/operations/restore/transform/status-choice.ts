import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { NameFilter } from '../../../formats/manifests/selection/name-filter';
import type { RestoreSpec } from '../../../formats/manifests/velero';

const annotation = 'velero.io/restore-status';
const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

/** What becomes of an object's status: by `restoreStatus`, overruled by the object's own annotation. */
export class StatusChoice {
  readonly #filter?: NameFilter;

  /** @param resolve turns resources as people name them into Velero's names */
  constructor(
    spec: RestoreSpec['restoreStatus'],
    resolve: (names: string[] | undefined) => string[] | undefined,
  ) {
    if (spec) this.#filter = new NameFilter(resolve(spec.includedResources), resolve(spec.excludedResources));
  }

  /** Whether it is written back where the API server keeps it apart from the rest of the object. */
  wanted(groupResource: string, object: KubeObject): boolean {
    // It names the versions that objects are stored in, of one cluster.
    if (groupResource === definitions) return false;
    const own = object.metadata.annotations?.[annotation];
    if (own === 'true') return true;
    if (own === 'false') return false;
    return this.#filter?.takes(groupResource) ?? false;
  }

  /** Whether somebody does not want it back, also where it is a field like any other. */
  unwanted(groupResource: string, object: KubeObject): boolean {
    const own = object.metadata.annotations?.[annotation];
    if (own === 'true') return false;
    return own === 'false' || (this.#filter?.excludesName(groupResource) ?? false);
  }
}
