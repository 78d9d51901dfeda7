import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { Transforms } from '../../../formats/manifests/modifiers/transforms';
import { hold, notPassive } from './hold';
import { type ObjectTrace, staged } from './object-trace';
import { mapEnvironment } from './environment';
import { mapImages } from './images';
import { Modifiers } from './modifiers';
import { mapStorageClasses } from './storage-classes';

/** An object on its way, and where it comes from. */
export interface Transformed {
  /** In the target. */
  groupResource: string;
  /** In the archive. */
  archivedAs: string;
  object: KubeObject;
  /** A claim that keeps its volume. */
  keepsVolume: boolean;
}

const scaled = new Set([
  'deployments.apps',
  'statefulsets.apps',
  'replicasets.apps',
  'replicationcontrollers',
]);

/** Makes of each object what the request asks for, in the order that `transformsSchema` gives. */
export class Transformer {
  readonly #modifiers?: Modifiers;

  constructor(
    private readonly transforms: Transforms,
    private readonly namespaceMapping: Readonly<Record<string, string>>,
  ) {
    if (transforms.resourceModifiers) this.#modifiers = new Modifiers(transforms.resourceModifiers);
  }

  get passive(): boolean {
    return this.transforms.passive ?? false;
  }

  /** What keeps restored controllers from making anything yet. */
  get holds(): Pick<Transforms, 'passive' | 'replicasToZero'> {
    return this.transforms;
  }

  /** Why an object is not brought at all. */
  leavesOut(groupResource: string): string | undefined {
    return this.passive ? notPassive(groupResource) : undefined;
  }

  /**
   * Changes the object, which lies in its namespace of the backup still.
   * @returns what could not be done, one line each
   */
  apply({ groupResource, archivedAs, object, keepsVolume }: Transformed, trace?: ObjectTrace): string[] {
    const { images, storageClasses, labels, annotations } = this.transforms;
    if (images) staged(trace, 'images', object, () => mapImages(groupResource, object, images));
    if (storageClasses) {
      staged(trace, 'storage class', object, () =>
        mapStorageClasses(groupResource, object, storageClasses, keepsVolume),
      );
    }
    if (this.transforms.mapEnvironment) {
      staged(trace, 'namespace', object, () => mapEnvironment(groupResource, object, this.namespaceMapping));
    }
    if (this.transforms.replicasToZero && scaled.has(groupResource) && object.spec) {
      const { spec } = object;
      staged(trace, 'replicas', object, () => {
        spec.replicas = 0;
      });
    }
    if (labels || annotations) {
      staged(trace, 'labels and annotations', object, () => {
        object.metadata.labels = { ...object.metadata.labels, ...labels };
        object.metadata.annotations = { ...object.metadata.annotations, ...annotations };
      });
    }
    // Velero makes namespaces past its modifiers.
    const modifiers = groupResource === 'namespaces' ? undefined : this.#modifiers;
    const faults = modifiers
      ? staged(trace, 'resource modifiers', object, () =>
          modifiers.apply(object, [...new Set([archivedAs, groupResource])]),
        )
      : [];
    if (this.passive) staged(trace, 'passive', object, () => hold(groupResource, object));
    return faults;
  }
}
