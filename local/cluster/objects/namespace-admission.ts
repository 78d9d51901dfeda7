import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { ServedResource } from '../kinds/served-resource';
import * as refuse from '../http/status-error';
import type { Storage } from './storage';

/** Refuses to create in a namespace that is not there, or that is being deleted. */
export function checkNamespace(storage: Storage, resource: ServedResource, object: KubeObject): void {
  if (!resource.namespaced) return;
  const name = object.metadata.namespace!;
  const namespace = storage.collection('namespaces').get(name);
  if (!namespace) throw refuse.notFound({ group: '', resource: 'namespaces', kind: 'Namespace' }, name);
  if (!namespace.meta.deletionTimestamp) return;
  throw refuse.forbidden(
    resource,
    object.metadata.name,
    `unable to create new content in namespace ${name} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${name} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}
