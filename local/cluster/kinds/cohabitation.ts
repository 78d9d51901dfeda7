import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { ServedResource } from './served-resource';
import type { StoredObject } from '../objects/stored-object';

/** Fields of an Event as the core group names them, and as events.k8s.io does. */
const eventFields: [core: string, events: string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

const isNewEvent = (resource: ServedResource) =>
  resource.storage === 'events' && resource.group === 'events.k8s.io';

/** An object as another version of its resource shows it, where the two differ; else undefined. */
export function presentAs(resource: ServedResource, stored: StoredObject): KubeObject | undefined {
  if (!isNewEvent(resource)) return undefined;
  return rename(
    stored.object(),
    eventFields.map(([core, events]) => [core, events]),
  );
}

/** Brings an object that arrived in this version to the form in which it is stored. */
export function toStoredForm(resource: ServedResource, object: KubeObject): KubeObject {
  return isNewEvent(resource)
    ? rename(
        object,
        eventFields.map(([core, events]) => [events, core]),
      )
    : object;
}

function rename(object: KubeObject, pairs: [from: string, to: string][]): KubeObject {
  const names = new Map(pairs);
  return Object.fromEntries(
    Object.entries(object).map(([field, value]) => [names.get(field) ?? field, value]),
  ) as KubeObject;
}
