import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { definitionStorage, servedBy } from '../kinds/custom-definitions';
import type { ServedResources } from '../kinds/served-resources';
import type { Storage } from '../objects/storage';

/** Puts back saved objects, definitions first so that their resources are served; false when there are none. */
export function restoreState(objects: KubeObject[], storage: Storage, served: ServedResources): boolean {
  const isDefinition = (object: KubeObject) => object.kind === 'CustomResourceDefinition';
  for (const object of objects.filter(isDefinition)) {
    storage.restore(definitionStorage, object);
    served.setCustom(object.metadata.name, servedBy(object));
  }
  for (const object of objects) {
    if (isDefinition(object)) continue;
    const resource = served.findKind(object.apiVersion ?? '', object.kind ?? '');
    if (!resource) throw new Error(`${object.apiVersion} ${object.kind} is not served here`);
    storage.restore(resource.storage, object);
  }
  return objects.length > 0;
}
