import type { Controller, ControllerContext } from './controllers';
import { foregroundFinalizer, orphanFinalizer } from '../objects/deletion';
import type { StoredObject } from '../objects/stored-object';

/** Deletes what has lost all its owners, and carries out orphan and foreground deletions. */
export const garbageCollector: Controller = (change, context) => {
  const { object, previous } = change;
  if (change.type === 'DELETED') {
    for (const dependent of context.storage.dependents(object.uid)) {
      context.enqueue(`collect ${dependent.uid}`, () => collect(dependent.uid, context));
    }
    for (const owner of (previous ?? object).meta.ownerReferences ?? []) {
      context.enqueue(`owner ${owner.uid}`, () => finishOwner(owner.uid, context));
    }
    return;
  }
  if (object.meta.ownerReferences) {
    context.enqueue(`collect ${object.uid}`, () => collect(object.uid, context));
  }
  if (object.meta.deletionTimestamp && object.meta.finalizers?.some(isOwnFinalizer)) {
    context.enqueue(`owner ${object.uid}`, () => finishOwner(object.uid, context));
  }
};

const isOwnFinalizer = (name: string) => name === foregroundFinalizer || name === orphanFinalizer;

/** Deletes an object none of whose owners exists (an owner in another namespace does not count). */
function collect(uid: string, { storage, served, api }: ControllerContext): void {
  const stored = storage.byUid(uid);
  const owners = stored?.meta.ownerReferences ?? [];
  if (!stored || owners.length === 0 || stored.meta.deletionTimestamp) return;
  const alive = owners.some((owner) => {
    const found = storage.byUid(owner.uid);
    return found !== undefined && (found.namespace === '' || found.namespace === stored.namespace);
  });
  const resource = served.findStorage(stored.storage);
  if (!alive && resource) api.deletion.delete(resource, stored);
}

/** Goes on with an owner that waits for its dependents to be deleted, or to be let go. */
function finishOwner(uid: string, context: ControllerContext): void {
  const { storage, served, api } = context;
  const owner = storage.byUid(uid);
  if (!owner?.meta.deletionTimestamp) return;
  if (owner.meta.finalizers?.includes(orphanFinalizer)) {
    for (const dependent of storage.dependents(uid)) letGo(dependent, uid, context);
    removeFinalizer(owner, orphanFinalizer, context);
  } else if (owner.meta.finalizers?.includes(foregroundFinalizer)) {
    let blocked = false;
    for (const dependent of storage.dependents(uid)) {
      const resource = served.findStorage(dependent.storage);
      const reference = dependent.meta.ownerReferences?.find((each) => each.uid === uid);
      const left = resource && api.deletion.delete(resource, dependent, 'Foreground');
      if (left && reference?.blockOwnerDeletion) blocked = true;
    }
    if (!blocked) removeFinalizer(storage.byUid(uid) ?? owner, foregroundFinalizer, context);
  }
}

function letGo(dependent: StoredObject, owner: string, { storage }: ControllerContext): void {
  const object = dependent.object();
  const rest = object.metadata.ownerReferences?.filter((each) => each.uid !== owner) ?? [];
  if (rest.length) object.metadata.ownerReferences = rest;
  else delete object.metadata.ownerReferences;
  storage.put(dependent.storage, object);
}

/** Takes a finalizer away, and with the last one the object. */
export function removeFinalizer(
  stored: StoredObject,
  finalizer: string,
  { storage, served, api }: ControllerContext,
): void {
  const object = stored.object();
  const rest = object.metadata.finalizers?.filter((each) => each !== finalizer) ?? [];
  if (rest.length) object.metadata.finalizers = rest;
  else delete object.metadata.finalizers;
  const resource = served.findStorage(stored.storage);
  if (stored.meta.deletionTimestamp && resource && api.deletion.mayGo(resource, object, stored)) {
    storage.remove(stored);
  } else storage.put(stored.storage, object);
}
