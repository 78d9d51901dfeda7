import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { readManifests } from './manifest-text';
import type { ObjectApi } from '../objects/object-api';
import type { ServedResources } from '../kinds/served-resources';
import { StatusError } from '../http/status-error';
import { storageKey } from '../objects/stored-object';
import { strategicMerge } from '../../../shared/formats/manifests/modifiers/patch/strategic-merge';

const options = { dryRun: false, manager: 'sandbox' };

/** Creates the objects of a YAML text in their order, merging into those that exist. */
export async function applyManifests(
  yaml: string,
  context: { api: ObjectApi; served: ServedResources; settled(): Promise<void> },
): Promise<void> {
  const { api, served, settled } = context;
  for (const object of readManifests(yaml)) {
    const { apiVersion = '', kind = '' } = object;
    // A definition loaded just before is served once its controller has seen it.
    if (!served.findKind(apiVersion, kind)) await settled();
    const resource = served.findKind(apiVersion, kind);
    if (!resource) {
      throw new StatusError(404, 'NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`);
    }
    const namespace = resource.namespaced ? (object.metadata.namespace ?? 'default') : '';
    const key = storageKey(namespace, object.metadata.name);
    const existing = api.context.storage.collection(resource.storage).get(key);
    if (existing) {
      api.updateObject(resource, existing, strategicMerge(existing.object(), object) as KubeObject, options);
    } else api.createObject(resource, namespace, object, options);
  }
  await settled();
}
