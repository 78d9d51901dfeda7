import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { admit } from './admission';
import type { Answer, ApiCall } from '../http/api-call';
import { readBody } from '../http/api-call';
import { inNamespace } from './collection';
import { listText } from '../http/list-answer';
import type { ObjectApiContext } from './object-api-context';
import { itemText, objectText } from './object-text';
import { selection } from './selection';
import type { ServedResource } from '../kinds/served-resource';
import { serverTime } from '../http/server-time';
import * as refuse from '../http/status-error';
import { StoredObject } from './stored-object';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

interface DeleteOptions {
  propagationPolicy?: Propagation;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';

/** Kinds whose deletion is answered with the object itself rather than with a Status. */
const answersWithObject = new Set([
  'pods',
  'services',
  'persistentvolumes',
  'persistentvolumeclaims',
  'serviceaccounts',
  'resourcequotas',
  'podtemplates',
  'storageclasses.storage.k8s.io',
]);

/** Deletion: preconditions, finalizers, propagation; what is held stays with a deletionTimestamp. */
export class Deletion {
  constructor(private readonly context: ObjectApiContext) {}

  answer(call: ApiCall, stored: StoredObject): Answer {
    const options = deleteOptions(call);
    this.#checkPreconditions(call.resource, stored, options);
    admit(this.context.storage, call.resource, 'DELETE', stored.object());
    const left = this.delete(call.resource, stored, options.propagationPolicy, options.dryRun !== undefined);
    if (left) return { status: 200, body: objectText(call.resource, left) };
    if (answersWithObject.has(call.resource.storage)) {
      return { status: 200, body: objectText(call.resource, stored) };
    }
    const { group, resource } = call.resource;
    const body = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: stored.name, ...(group ? { group } : {}), kind: resource, uid: stored.uid },
    };
    return { status: 200, body: JSON.stringify(body) };
  }

  collectionAnswer(call: ApiCall): Answer {
    const { storage } = this.context;
    const options = deleteOptions(call);
    const matches = selection(call);
    const collection = storage.collection(call.resource.storage);
    const found = inNamespace(collection.sorted(), call.namespace).filter((each) => matches.test(each));
    const items = found.map((stored) =>
      itemText(
        call.resource,
        this.delete(call.resource, stored, options.propagationPolicy, options.dryRun !== undefined) ?? stored,
      ),
    );
    const meta = { resourceVersion: String(storage.revision) };
    return { status: 200, body: listText(call.resource, meta, items) };
  }

  /** Deletes an object, or begins to: gives what is left of it while something holds it. */
  delete(
    resource: ServedResource,
    stored: StoredObject,
    propagation: Propagation = 'Background',
    dryRun = false,
  ): StoredObject | undefined {
    const { storage, rules, clock } = this.context;
    const object = stored.object();
    const finalizers = new Set(object.metadata.finalizers ?? []);
    if (!object.metadata.deletionTimestamp) {
      if (propagation === 'Foreground' && storage.dependents(stored.uid).length)
        finalizers.add(foregroundFinalizer);
      if (propagation === 'Orphan' && storage.dependents(stored.uid).length) finalizers.add(orphanFinalizer);
      if (finalizers.size) object.metadata.finalizers = [...finalizers];
    }
    const held = rules[resource.storage]?.onDelete?.(object) ?? false;
    if (!held && !object.metadata.finalizers?.length) {
      if (!dryRun) storage.remove(stored);
      return undefined;
    }
    if (object.metadata.deletionTimestamp) return stored;
    object.metadata.deletionTimestamp = serverTime(clock);
    // Namespaces and definitions have a deletion of their own, which counts nothing.
    if (!rules[resource.storage]?.onDelete) {
      object.metadata.deletionGracePeriodSeconds = 0;
      if (object.metadata.generation !== undefined) object.metadata.generation += 1;
    }
    if (dryRun) return this.unsaved(resource, object, stored.revision);
    return storage.put(resource.storage, object);
  }

  /** True when nothing holds an object that is being deleted. */
  mayGo(resource: ServedResource, object: KubeObject, stored: StoredObject): boolean {
    if (object.metadata.finalizers?.length) return false;
    return this.context.rules[resource.storage]?.mayGo?.(stored, object) ?? true;
  }

  /** An object as it would be, without being written. */
  unsaved(resource: ServedResource, object: KubeObject, revision?: number): StoredObject {
    return new StoredObject(resource.storage, revision ?? 0, object);
  }

  #checkPreconditions(resource: ServedResource, stored: StoredObject, options: DeleteOptions): void {
    const { uid, resourceVersion } = options.preconditions ?? {};
    const named = { ...resource, resource: resource.kind };
    if (uid && uid !== stored.uid) {
      throw refuse.conflict(
        named,
        stored.name,
        `the UID in the precondition (${uid}) does not match the UID in record (${stored.uid}). ` +
          'The object might have been deleted and then recreated',
      );
    }
    if (resourceVersion && resourceVersion !== String(stored.revision)) {
      throw refuse.conflict(
        named,
        stored.name,
        `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
          `(${stored.revision}). The object might have been modified`,
      );
    }
  }
}

/** Kinds whose dependents stay when a deletion does not say otherwise: their first versions knew no garbage collector. */
const orphansByDefault = new Set(['jobs.batch', 'replicationcontrollers']);

/** The options of a deletion. An API server reads them from the body if there is one, and then ignores the query. */
function deleteOptions(call: ApiCall): DeleteOptions {
  const said = call.body ? (readBody(call) as DeleteOptions) : optionsOfQuery(call.query);
  const { propagationPolicy, orphanDependents, dryRun } = said;
  const orphans = orphanDependents ?? orphansByDefault.has(call.resource.storage);
  return {
    ...said,
    propagationPolicy: propagationPolicy ?? (orphans ? 'Orphan' : 'Background'),
    dryRun: dryRun?.length ? dryRun : undefined,
  };
}

function optionsOfQuery(query: URLSearchParams): DeleteOptions {
  const orphan = query.get('orphanDependents');
  return {
    propagationPolicy: (query.get('propagationPolicy') ?? undefined) as Propagation | undefined,
    orphanDependents: orphan === null ? undefined : orphan === 'true',
    dryRun: query.getAll('dryRun'),
  };
}
