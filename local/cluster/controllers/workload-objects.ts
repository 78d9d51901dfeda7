import { createHash } from 'node:crypto';
import type { KubeObject, OwnerReference } from '../../../shared/platform/kubernetes/kube-object';
import type { ControllerContext } from './controllers';
import { formatJson } from '../objects/json-text';
import type { ServedResource } from '../kinds/served-resource';
import type { StoredObject } from '../objects/stored-object';

const writing = { dryRun: false, manager: 'kube-controller-manager' };

/** What the workload controllers read of a spec. */
export interface WorkloadSpec {
  replicas?: number;
  selector?: { matchLabels?: Record<string, string> };
  template?: { metadata?: Record<string, unknown>; spec?: Record<string, unknown> };
  serviceName?: string;
  volumeClaimTemplates?: KubeObject[];
}

/** The owner that controls an object. */
export const controllerOf = (object: StoredObject): OwnerReference | undefined =>
  object.meta.ownerReferences?.find((each) => each.controller);

/** The objects that `owner` controls, of one storage, by name. */
export function owned(owner: StoredObject, storage: string, context: ControllerContext): StoredObject[] {
  return context.storage
    .dependents(owner.uid)
    .filter((each) => each.storage === storage && controllerOf(each)?.uid === owner.uid)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Makes `owner` the controller of an object that has none. */
export function adopt(
  owner: StoredObject,
  orphan: StoredObject,
  kind: string,
  { storage }: ControllerContext,
): void {
  if (controllerOf(orphan)) return;
  const object = orphan.object();
  object.metadata.ownerReferences = [
    ...(object.metadata.ownerReferences ?? []),
    reference(owner, 'apps/v1', kind),
  ];
  storage.put(orphan.storage, object);
}

/** Creates what a controller wants; one that is refused is left to the owner's next change. */
export function create(
  { api, served }: ControllerContext,
  apiVersion: string,
  kind: string,
  namespace: string,
  object: KubeObject,
): void {
  const resource = served.findKind(apiVersion, kind) as ServedResource;
  try {
    api.createObject(resource, namespace, structuredClone(object), writing);
  } catch {
    // Refused (quota, webhook, a namespace that ends): the next change of the owner tries again.
  }
}

/** Deletes as a request would: finalizers hold. */
export function remove(stored: StoredObject, { api, served }: ControllerContext): void {
  api.deletion.delete(served.findStorage(stored.storage)!, stored);
}

/** Writes a status where it differs from the one there is. */
export function setStatus(
  stored: StoredObject,
  object: KubeObject,
  { storage }: ControllerContext,
  status: Record<string, unknown>,
): void {
  if (formatJson(object.status ?? {}) === formatJson(status)) return;
  const current = storage.collection(stored.storage).get(stored.key);
  if (current) storage.put(stored.storage, { ...current.object(), status });
}

/** The owner reference of a controller. */
export function reference(owner: StoredObject, apiVersion: string, kind: string): OwnerReference {
  return { apiVersion, kind, name: owner.name, uid: owner.uid, controller: true, blockOwnerDeletion: true };
}

/** Ten letters that follow from the pod template. */
export function templateHash(template: unknown): string {
  return createHash('sha256')
    .update(formatJson(template ?? {}))
    .digest('hex')
    .slice(0, 10);
}
