import type { Controller, ControllerContext } from './controllers';
import type { StaleGroupVersion } from '../http/discovery';
import type { KindRule } from '../kinds/kind-rule';
import { terminate } from './namespace-termination';

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
