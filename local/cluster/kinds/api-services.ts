import type { Controller } from '../controllers/controllers';
import type { StaleGroupVersion } from '../http/discovery';
import type { KindRule } from './kind-rule';
import type { Storage } from '../objects/storage';

const apiServices = 'apiservices.apiregistration.k8s.io';

interface ApiServiceSpec {
  group: string;
  version: string;
  service?: { namespace: string; name: string };
}

export const apiServiceRule: KindRule = { initialStatus: () => ({}) };

/** Group versions that an APIService hands to a service: no such service answers here, so all of them are stale. */
export function deadGroupVersions(storage: Storage): StaleGroupVersion[] {
  const collection = storage.collection(apiServices);
  if (collection.size === 0) return [];
  return collection
    .sorted()
    .map((stored) => stored.object().spec as unknown as ApiServiceSpec)
    .filter((spec) => spec?.service)
    .map(({ group, version }) => ({ group, version }));
}

/** Says on each APIService that its backend does not answer. */
export const apiServiceController: Controller = (change, context) => {
  if (change.object.storage !== apiServices || change.type !== 'ADDED') return;
  const { name } = change.object;
  context.enqueue(`apiservice ${name}`, () => {
    const stored = context.storage.collection(apiServices).get(name);
    const object = stored?.object();
    const service = (object?.spec as unknown as ApiServiceSpec | undefined)?.service;
    if (!object || !service) return;
    const exists = context.storage.collection('services').get(`${service.namespace}/${service.name}`);
    const condition = {
      type: 'Available',
      status: 'False',
      lastTransitionTime: object.metadata.creationTimestamp,
      reason: exists ? 'MissingEndpoints' : 'ServiceNotFound',
      message: exists
        ? `endpoints for service/${service.name} in "${service.namespace}" have no addresses`
        : `service/${service.name} in "${service.namespace}" is not present`,
    };
    context.storage.put(apiServices, { ...object, status: { conditions: [condition] } });
  });
};
