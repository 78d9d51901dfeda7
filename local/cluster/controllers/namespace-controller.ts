import { apiVersion as apiVersionOf } from '../../../shared/cluster/api-resource';
import { inNamespace } from '../objects/collection';
import type { Controller, ControllerContext } from './controllers';
import type { StaleGroupVersion } from '../http/discovery';
import type { KindRule } from '../kinds/kind-rule';
import { serverTime } from '../http/server-time';
import type { StoredObject } from '../objects/stored-object';

/** Namespaces: labelled by name, held by the finalizer `kubernetes` in their spec until they are empty. */
export const namespaceRule: KindRule = {
  initialStatus: () => ({ phase: 'Active' }),
  onCreate(namespace) {
    namespace.metadata.labels = {
      ...namespace.metadata.labels,
      'kubernetes.io/metadata.name': namespace.metadata.name,
    };
    namespace.spec = { ...namespace.spec, finalizers: ['kubernetes'] };
  },
  onUpdate(next, previous) {
    next.metadata.labels = {
      ...next.metadata.labels,
      'kubernetes.io/metadata.name': next.metadata.name,
    };
    next.spec = { ...next.spec, finalizers: previous.spec?.finalizers };
  },
  onDelete(namespace) {
    namespace.status = { ...namespace.status, phase: 'Terminating' };
    return true;
  },
  mayGo: (_stored, next) => ((next.spec?.finalizers as string[] | undefined) ?? []).length === 0,
};

/** Fills new namespaces with what each has, and empties those that are being deleted. */
export function namespaceController(ca: string, stale: () => StaleGroupVersion[]): Controller {
  return (change, context) => {
    const { object } = change;
    if (object.storage === 'namespaces' && change.type !== 'DELETED') {
      context.enqueue(`namespace ${object.name}`, () => {
        const stored = context.storage.collection('namespaces').get(object.name);
        if (!stored) return;
        if (stored.meta.deletionTimestamp) terminate(stored, context, stale());
        else fill(object.name, ca, context);
      });
      return;
    }
    if (object.storage === 'apiservices.apiregistration.k8s.io' && change.type === 'DELETED') {
      recheckTerminating(context, stale);
      return;
    }
    if (object.namespace === '' || change.type !== 'DELETED') return;
    const namespace = context.storage.collection('namespaces').get(object.namespace);
    if (!namespace) return;
    context.enqueue(`namespace ${namespace.name}`, () => {
      const stored = context.storage.collection('namespaces').get(namespace.name);
      if (stored?.meta.deletionTimestamp) terminate(stored, context, stale());
      else if (stored) fill(stored.name, ca, context);
    });
  };
}

/** Looks again at what ends, after a group version that was stale may have come back. */
export function recheckTerminating(context: ControllerContext, stale: () => StaleGroupVersion[]): void {
  for (const { name, meta } of context.storage.collection('namespaces').sorted()) {
    if (!meta.deletionTimestamp) continue;
    context.enqueue(`namespace ${name}`, () => {
      const stored = context.storage.collection('namespaces').get(name);
      if (stored) terminate(stored, context, stale());
    });
  }
}

const managerName = 'kube-controller-manager';

function fill(namespace: string, ca: string, { api, storage, served }: ControllerContext): void {
  const options = { dryRun: false, manager: managerName };
  if (!storage.collection('serviceaccounts').get(`${namespace}/default`)) {
    api.createObject(
      served.find('', 'v1', 'serviceaccounts')!,
      namespace,
      { metadata: { name: 'default' } },
      options,
    );
  }
  if (!storage.collection('configmaps').get(`${namespace}/kube-root-ca.crt`)) {
    const description =
      'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the ' +
      'internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes ' +
      'clusters.';
    const metadata = {
      name: 'kube-root-ca.crt',
      annotations: { 'kubernetes.io/description': description },
    };
    api.createObject(
      served.find('', 'v1', 'configmaps')!,
      namespace,
      { metadata, data: { 'ca.crt': ca } },
      options,
    );
  }
}

function terminate(namespace: StoredObject, context: ControllerContext, stale: StaleGroupVersion[]): void {
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
