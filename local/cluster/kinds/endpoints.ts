import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { inNamespace } from '../objects/collection';
import type { Controller, ControllerContext } from '../controllers/controllers';
import { parseLabelSelector } from '../objects/selectors';
import type { StoredObject } from '../objects/stored-object';
import { create, owned, reference } from '../controllers/workload-objects';

const slices = 'endpointslices.discovery.k8s.io';

/** Keeps the Endpoints and one EndpointSlice of each service that selects pods. */
export const endpointsController: Controller = (change, context) => {
  const { object } = change;
  const services = context.storage.collection('services');
  if (object.storage === 'services' && change.type !== 'DELETED') later(object, context);
  if (object.storage !== 'pods' || !movesAddresses(change.object, change.previous)) return;
  for (const service of inNamespace(services.sorted(), object.namespace)) later(service, context);
};

const movesAddresses = (now: StoredObject, before: StoredObject | undefined) =>
  !before || now.tail.includes('"podIP"') !== before.tail.includes('"podIP"') || now.meta.deletionTimestamp;

function later(service: StoredObject, context: ControllerContext): void {
  context.enqueue(`endpoints ${service.key}`, () => {
    const current = context.storage.collection('services').get(service.key);
    if (current && !current.meta.deletionTimestamp) reconcile(current, context);
  });
}

interface Port {
  name?: string;
  port: number;
  targetPort?: number | string;
  protocol?: string;
}

function reconcile(stored: StoredObject, context: ControllerContext): void {
  const service = stored.object();
  const selector = Object.entries((service.spec?.selector ?? {}) as Record<string, string>);
  if (selector.length === 0) return;
  const selects = parseLabelSelector(selector.map(([key, value]) => `${key}=${value}`).join(','));
  const pods = inNamespace(context.storage.collection('pods').sorted(), stored.namespace)
    .filter((pod) => !pod.meta.deletionTimestamp && selects(pod.meta.labels))
    .map((pod) => pod.object())
    .filter((pod) => pod.status?.podIP);
  const ports = ((service.spec?.ports ?? []) as Port[]).map(({ name, port, targetPort, protocol }) => ({
    ...(name ? { name } : {}),
    port: typeof targetPort === 'number' ? targetPort : port,
    protocol: protocol ?? 'TCP',
  }));
  const target = ({ metadata }: KubeObject) => ({
    kind: 'Pod',
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
  });
  const subsets = pods.length
    ? [{ addresses: pods.map((pod) => ({ ip: pod.status?.podIP, targetRef: target(pod) })), ports }]
    : undefined;
  const endpoints = context.storage.collection('endpoints').get(stored.key);
  if (endpoints) replace(endpoints, { subsets }, context);
  else {
    const labels = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
    const metadata = { name: stored.name, labels: { ...service.metadata.labels, ...labels } };
    create(context, 'v1', 'Endpoints', stored.namespace, { metadata, subsets });
  }

  const content = {
    endpoints: pods.map((pod) => ({
      addresses: [pod.status?.podIP],
      conditions: { ready: true, serving: true, terminating: false },
      targetRef: target(pod),
    })),
    ports: ports.map(({ name = '', ...port }) => ({ name, ...port })),
  };
  const [slice] = owned(stored, slices, context);
  if (slice) replace(slice, content, context);
  else {
    create(context, 'discovery.k8s.io/v1', 'EndpointSlice', stored.namespace, {
      metadata: {
        name: '',
        generateName: `${stored.name}-`,
        labels: {
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          'kubernetes.io/service-name': stored.name,
        },
        ownerReferences: [reference(stored, 'v1', 'Service')],
      },
      addressType: 'IPv4',
      ...content,
    });
  }
}

function replace(stored: StoredObject, content: object, { storage }: ControllerContext): void {
  const object = stored.object();
  const next = { ...object, ...content };
  if (JSON.stringify(next) !== JSON.stringify(object)) storage.put(stored.storage, next);
}
