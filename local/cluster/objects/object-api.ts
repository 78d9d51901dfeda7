import { groupResource } from '../../../shared/platform/kubernetes/api-resource';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { admit } from './admission';
import { type Answer, type ApiCall, readBody, type WriteOptions, writeOptions } from '../http/api-call';
import { appliedFields, applyOver, readApplyConfiguration } from '../patch/apply';
import { toStoredForm } from '../kinds/cohabitation';
import { pruneAndDefault, validateCustom } from '../schema/custom-resource';
import { Deletion } from './deletion';
import { formatJson } from './json-text';
import { givenOwners, ownFields, updatedFields } from './managed-fields';
import { checkNamespace } from './namespace-admission';
import { sameObject, sameOwners, specText } from './object-comparison';
import type { ObjectApiContext } from './object-api-context';
import { checkIdentity, createdMetadata, keepMetadata } from './object-metadata';
import { checkName } from './object-names';
import { objectText } from './object-text';
import { applyPatch, checkPatchType, PatchTypes } from '../patch/patch';
import { rescaled, scaleOf } from './scale';
import { hasStatusSubresource, type ServedResource } from '../kinds/served-resource';
import { serverTime } from '../http/server-time';
import * as refuse from '../http/status-error';
import { type StoredObject, storageKey } from './stored-object';
import { checkTypeMeta } from './type-meta';

/** The verbs on single objects, with the life cycle that all kinds share. Nothing in it waits. */
export class ObjectApi {
  readonly deletion: Deletion;

  constructor(readonly context: ObjectApiContext) {
    this.deletion = new Deletion(context);
  }

  get(call: ApiCall): Answer {
    return this.#answer(call.resource, this.#find(call), 200, call.subresource);
  }

  create(call: ApiCall): Answer {
    const object = this.#readObject(call);
    const options = writeOptions(call);
    return this.#answer(
      call.resource,
      this.createObject(call.resource, call.namespace, object, options),
      201,
    );
  }

  /** Creates an object given as JSON (any apiVersion and kind in it must fit); used by controllers as well. */
  createObject(
    resource: ServedResource,
    namespace: string,
    given: KubeObject,
    options: WriteOptions,
  ): StoredObject {
    const { storage, rules } = this.context;
    const rule = rules[resource.storage] ?? {};
    const object = toStoredForm(resource, given);
    createdMetadata(resource, namespace, object, this.context);
    checkNamespace(storage, resource, object);
    if (object.metadata.resourceVersion) {
      throw new refuse.StatusError(
        500,
        undefined,
        'resourceVersion should not be set on objects to be created',
      );
    }
    delete object.metadata.resourceVersion;
    const generation = object.metadata.generation;
    delete object.metadata.generation;
    if (rule.generation || resource.custom) object.metadata.generation = 1;
    else if (generation) object.metadata.generation = generation;
    if (hasStatusSubresource(resource)) {
      delete object.status;
      const status = rule.initialStatus?.();
      if (status) object.status = status;
    }
    if (resource.custom) pruneAndDefault(resource.custom, object);
    // What the server gives out itself belongs to nobody, so the fields are looked at before.
    const { status: _s, ...owned } = object;
    const managed =
      options.managed ??
      ownFields(resource, hasStatusSubresource(resource) ? owned : object, options.manager, this.#time());
    if (managed.length) object.metadata.managedFields = managed;
    else delete object.metadata.managedFields;
    rule.onCreate?.(object, storage);
    admit(storage, resource, 'CREATE', object);
    this.#validate(resource, object);
    const existing = storage.collection(resource.storage).get(keyInCollection(object));
    if (existing) {
      throw refuse.alreadyExists(
        resource,
        object.metadata.name,
        existing.meta.deletionTimestamp
          ? `object is being deleted: ${groupResource(resource)} "${object.metadata.name}" already exists`
          : undefined,
      );
    }
    return this.#write(resource, object, options);
  }

  update(call: ApiCall): Answer {
    const stored = this.#find(call);
    if (call.subresource === 'scale') return this.#rescale(call, stored, readBody(call));
    const object = this.#readObject(call);
    if (call.resource.custom && !object.metadata.resourceVersion) {
      throw refuse.invalid(call.resource, call.name, [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0: must be specified for an update',
          field: 'metadata.resourceVersion',
        },
      ]);
    }
    const written = this.updateObject(call.resource, stored, object, writeOptions(call), call.subresource);
    return this.#answer(call.resource, written, 200);
  }

  patch(call: ApiCall): Answer {
    checkPatchType(call);
    if (call.contentType === PatchTypes.apply) return this.#apply(call);
    const stored = this.#find(call);
    if (call.subresource === 'scale') {
      const scale = applyPatch(call, scaleOf(stored.object()) as unknown as KubeObject);
      return this.#rescale(call, stored, scale);
    }
    const patched = applyPatch(call, this.#shown(call.resource, stored));
    const written = this.updateObject(call.resource, stored, patched, writeOptions(call), call.subresource);
    return this.#answer(call.resource, written, 200);
  }

  #rescale(call: ApiCall, stored: StoredObject, scale: unknown): Answer {
    const next = rescaled(this.#shown(call.resource, stored), scale);
    const written = this.updateObject(call.resource, stored, next, writeOptions(call));
    return this.#answer(call.resource, written, 200, 'scale');
  }

  /** Server-side apply: creates what is not there, else merges. */
  #apply(call: ApiCall): Answer {
    const { storage } = this.context;
    const { resource } = call;
    const applied = readApplyConfiguration(call);
    const existing = storage.collection(resource.storage).get(storageKey(call.namespace, call.name));
    const options = writeOptions(call);
    const time = this.#time();
    if (!existing) {
      if (call.subresource) throw refuse.notFound(resource, call.name);
      if (applied.metadata.uid) {
        throw refuse.conflict(
          resource,
          call.name,
          `uid mismatch: the provided object specified uid ${applied.metadata.uid}, and no existing object was found`,
        );
      }
      // Anything else than an update would refuse: there is no object that it could be another version of.
      delete applied.metadata.resourceVersion;
      const managed = [appliedFields(resource, applied, options.manager, time)];
      const created = this.createObject(resource, call.namespace, applied, { ...options, managed });
      return this.#answer(resource, created, 201);
    }
    const force = call.query.get('force') === 'true';
    const live = this.#shown(resource, existing);
    const merged = applyOver(resource, live, applied, { manager: options.manager, force, time });
    const written = this.updateObject(
      resource,
      existing,
      merged.object,
      { ...options, managed: merged.managed },
      call.subresource,
    );
    return this.#answer(resource, written, 200);
  }

  delete(call: ApiCall): Answer {
    const stored = this.#find(call);
    return this.deletion.answer(call, stored);
  }

  deleteCollection(call: ApiCall): Answer {
    return this.deletion.collectionAnswer(call);
  }

  /** Writes `next` over `stored`; `subresource` says which half of the object counts. */
  updateObject(
    resource: ServedResource,
    stored: StoredObject,
    given: KubeObject,
    options: WriteOptions,
    subresource = '',
  ): StoredObject {
    const { storage, rules } = this.context;
    const rule = rules[resource.storage] ?? {};
    const previous = stored.object();
    let next = toStoredForm(resource, given);
    checkIdentity(resource, next, previous);
    const givenVersion = next.metadata.resourceVersion;
    if (givenVersion && givenVersion !== String(stored.revision)) {
      throw refuse.modified(resource, stored.name);
    }
    const owners = givenOwners(next, previous);
    keepMetadata(next, previous);
    if (resource.custom) pruneAndDefault(resource.custom, next);
    if (subresource === 'status') {
      next = {
        ...previous,
        metadata: resource.custom ? previous.metadata : next.metadata,
        status: next.status,
      };
      if (next.status === undefined) delete next.status;
    } else if (subresource === '' && hasStatusSubresource(resource)) {
      if (previous.status === undefined) delete next.status;
      else next.status = previous.status;
    }
    if (subresource === '') rule.onUpdate?.(next, previous, storage);
    const counts = rule.generation || resource.custom;
    if (counts && subresource !== 'status' && specText(next, resource) !== specText(previous, resource)) {
      next.metadata.generation = (previous.metadata.generation ?? 0) + 1;
    } else if (previous.metadata.generation !== undefined) {
      next.metadata.generation = previous.metadata.generation;
    }
    admit(storage, resource, 'UPDATE', next);
    this.#validate(resource, next, previous);
    const managed =
      options.managed ??
      updatedFields(resource, next, owners ?? previous, options.manager, this.#time(), subresource);
    const mayMove = options.managed !== undefined || owners !== undefined;
    if (sameObject(next, previous) && (!mayMove || sameOwners(managed, previous))) return stored;
    if (managed.length) next.metadata.managedFields = managed;
    else delete next.metadata.managedFields;
    return this.#write(resource, next, options, stored);
  }

  /** Puts the object, or removes it when an update took the last finalizer of one that is being deleted. */
  #write(
    resource: ServedResource,
    object: KubeObject,
    options: WriteOptions,
    previous?: StoredObject,
  ): StoredObject {
    const { storage } = this.context;
    if (options.dryRun) return this.deletion.unsaved(resource, object, previous?.revision);
    if (previous && object.metadata.deletionTimestamp && this.deletion.mayGo(resource, object, previous)) {
      const last = this.deletion.unsaved(resource, object, previous.revision);
      storage.remove(previous);
      return last;
    }
    return storage.put(resource.storage, object);
  }

  #validate(resource: ServedResource, object: KubeObject, previous?: KubeObject): void {
    const rule = this.context.rules[resource.storage];
    const causes = [
      ...(previous ? [] : checkName(resource, object.metadata.name)),
      ...(resource.custom ? validateCustom(resource.custom, object) : []),
      ...(rule?.validate?.(object, this.context.storage, previous) ?? []),
    ];
    if (causes.length) throw refuse.invalid(resource, object.metadata.name, causes);
  }

  #readObject(call: ApiCall): KubeObject {
    const object = readBody(call);
    return checkTypeMeta(call, object);
  }

  #find(call: ApiCall): StoredObject {
    const { storage } = this.context;
    const stored = storage.collection(call.resource.storage).get(storageKey(call.namespace, call.name));
    if (!stored) throw refuse.notFound(call.resource, call.name);
    return stored;
  }

  /** The object as a client of this version sees it: what a patch is applied to. */
  #shown(resource: ServedResource, stored: StoredObject): KubeObject {
    return readBody({ resource, body: objectText(resource, stored) } as ApiCall) as KubeObject;
  }

  #answer(resource: ServedResource, stored: StoredObject, status: number, subresource = ''): Answer {
    if (subresource === 'scale') return { status, body: formatJson(scaleOf(stored.object())) };
    return { status, body: objectText(resource, stored) };
  }

  #time(): string {
    return serverTime(this.context.clock);
  }
}

/** The key of an object in its collection. */
function keyInCollection(object: KubeObject): string {
  return storageKey(object.metadata.namespace ?? '', object.metadata.name);
}
