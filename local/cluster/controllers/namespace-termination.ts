import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import type { StaleGroupVersion } from '../http/discovery';
import { serverTime } from '../http/server-time';
import { inNamespace } from '../objects/collection';
import type { StoredObject } from '../objects/stored-object';
import type { ControllerContext } from './controllers';

/** Deletes what lies in a namespace, and the namespace once it is empty; until then its conditions say what holds it. */
export function terminate(
  namespace: StoredObject,
  context: ControllerContext,
  stale: StaleGroupVersion[],
): void {
  const { api, storage, served, clock } = context;
  const left: { resource: string; count: number }[] = [];
  const finalizers = new Map<string, number>();
  for (const resource of served.storages()) {
    if (!resource.namespaced || !resource.verbs.includes('delete')) continue;
    const collection = storage.collection(resource.storage);
    if (collection.size === 0) continue;
    let count = 0;
    for (const each of inNamespace(collection.sorted(), namespace.name)) {
      const held = api.deletion.delete(resource, each);
      if (!held) continue;
      count += 1;
      for (const name of held.meta.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
    }
    const name = `${resource.resource}.${resource.group}`;
    if (count) left.push({ resource: name, count });
  }
  const current = storage.collection('namespaces').get(namespace.name);
  if (!current) return;
  const object = current.object();
  if (left.length === 0 && stale.length === 0) {
    if (object.metadata.finalizers?.length) {
      if (((object.spec?.finalizers ?? []) as string[]).length === 0) return;
      storage.put('namespaces', { ...object, spec: { ...object.spec, finalizers: [] } });
    } else storage.remove(current);
    return;
  }
  const conditions = terminationConditions(left, finalizers, stale);
  const known = (object.status?.conditions ?? []) as { type: string; status: string; message: string }[];
  const time = serverTime(clock);
  const merged = conditions.map((next) => {
    const before = known.find((each) => each.type === next.type);
    return before?.status === next.status && before.message === next.message
      ? before
      : {
          type: next.type,
          status: next.status,
          lastTransitionTime: time,
          reason: next.reason,
          message: next.message,
        };
  });
  if (
    merged.every((each) => known.includes(each as (typeof known)[number])) &&
    merged.length === known.length
  )
    return;
  storage.put('namespaces', { ...object, status: { ...object.status, conditions: merged } });
}

function terminationConditions(
  left: { resource: string; count: number }[],
  finalizers: Map<string, number>,
  stale: StaleGroupVersion[],
) {
  const content = left.map(({ resource, count }) => `${resource} has ${count} resource instances`).join(', ');
  const held = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).join(', ');
  const dead = stale
    .map((each) => `${apiVersionOf(each)}: stale GroupVersion discovery: ${apiVersionOf(each)}`)
    .join(', ');
  const condition = (type: string, is: boolean, whenTrue: [string, string], whenFalse: [string, string]) => ({
    type,
    status: is ? 'True' : 'False',
    reason: (is ? whenTrue : whenFalse)[0],
    message: (is ? whenTrue : whenFalse)[1],
  });
  return [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      dead !== '',
      [
        'DiscoveryFailed',
        `Discovery failed for some groups, ${stale.length} failing: unable to retrieve the complete list of server APIs: ${dead}`,
      ],
      ['ResourcesDiscovered', 'All resources successfully discovered'],
    ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      ['', ''],
      ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    ),
    condition(
      'NamespaceDeletionContentFailure',
      false,
      ['', ''],
      ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    ),
    condition(
      'NamespaceContentRemaining',
      content !== '',
      ['SomeResourcesRemain', `Some resources are remaining: ${content}`],
      ['ContentRemoved', 'All content successfully removed'],
    ),
    condition(
      'NamespaceFinalizersRemaining',
      held !== '',
      ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${held}`],
      ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    ),
  ];
}
