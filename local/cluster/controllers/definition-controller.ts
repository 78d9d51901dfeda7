import { inNamespace } from '../objects/collection';
import type { Controller, ControllerContext } from './controllers';
import {
  cleanupFinalizer,
  definitionStorage,
  establishedStatus,
  servedBy,
} from '../kinds/custom-definitions';
import { serverTime } from '../http/server-time';

/** Serves what CustomResourceDefinitions define, and takes their objects away with them. */
export const definitionController: Controller = (change, context) => {
  const { object } = change;
  const { storage } = object;
  if (storage !== definitionStorage) {
    if (change.type === 'DELETED' && context.served.findStorage(storage)?.custom) {
      const definition = context.served.findStorage(storage)!.custom!.definition;
      context.enqueue(`definition ${definition}`, () => reconcile(definition, context));
    }
    return;
  }
  if (change.type === 'DELETED') context.served.setCustom(object.name, []);
  else context.enqueue(`definition ${object.name}`, () => reconcile(object.name, context));
};

function reconcile(name: string, context: ControllerContext): void {
  const { storage, served, clock, api } = context;
  const stored = storage.collection(definitionStorage).get(name);
  if (!stored) return;
  const definition = stored.object();
  if (stored.meta.deletionTimestamp) {
    const [resource] = servedBy(definition);
    const objects = resource ? inNamespace(storage.collection(resource.storage).sorted(), '') : [];
    for (const each of objects) api.deletion.delete(resource!, each);
    if (resource && storage.collection(resource.storage).size > 0) return;
    const finalizers = (definition.metadata.finalizers ?? []).filter((each) => each !== cleanupFinalizer);
    definition.metadata.finalizers = finalizers.length ? finalizers : undefined;
    if (finalizers.length) storage.put(definitionStorage, definition);
    else storage.remove(stored);
    return;
  }
  served.setCustom(name, servedBy(definition));
  const established = (definition.status?.conditions as { type: string }[] | null)?.some(
    (each) => each.type === 'Established',
  );
  const status = establishedStatus(definition, serverTime(clock));
  const same = (field: string) =>
    JSON.stringify(status[field]) === JSON.stringify(definition.status?.[field]);
  if (established && same('acceptedNames') && same('storedVersions')) return;
  storage.put(definitionStorage, { ...definition, status });
}
