import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Conversion, type Fields, objectAt, objectsOf, rename, renamed } from './conversion';

const kind = { kind: 'Ingress', resource: 'ingresses' };
const beta = 'networking.k8s.io/v1beta1';
const stable = 'networking.k8s.io/v1';

/** The two v1beta1 are one schema; v1 nests the service of a backend and requires a path type. */
export const ingressConversions: Conversion[] = [
  { ...kind, from: 'extensions/v1beta1', to: stable, convert: toStable },
  { ...kind, from: beta, to: stable, convert: toStable },
  { ...kind, from: stable, to: beta, convert: toBeta },
  { ...kind, from: stable, to: 'extensions/v1beta1', convert: toBeta },
  ...renamed('Ingress', 'ingresses', [beta, 'extensions/v1beta1']),
  ...renamed('IngressClass', 'ingressclasses', [stable, beta]),
];

function toStable(ingress: KubeObject): void {
  const { spec } = ingress;
  if (!spec) return;
  if (objectAt(spec, 'backend')) backendToStable(objectAt(spec, 'backend')!);
  rename(spec, 'backend', 'defaultBackend');
  for (const path of paths(spec)) {
    if (objectAt(path, 'backend')) backendToStable(objectAt(path, 'backend')!);
    path.pathType ??= 'ImplementationSpecific';
  }
}

function backendToStable(backend: Fields): void {
  const { serviceName, servicePort } = backend;
  delete backend.serviceName;
  delete backend.servicePort;
  if (!serviceName) return;
  const port = typeof servicePort === 'string' ? { name: servicePort } : { number: servicePort };
  backend.service = { name: serviceName, port };
}

function toBeta(ingress: KubeObject): void {
  const { spec } = ingress;
  if (!spec) return;
  rename(spec, 'defaultBackend', 'backend');
  if (objectAt(spec, 'backend')) backendToBeta(objectAt(spec, 'backend')!);
  for (const path of paths(spec)) {
    if (objectAt(path, 'backend')) backendToBeta(objectAt(path, 'backend')!);
  }
}

function backendToBeta(backend: Fields): void {
  const service = objectAt(backend, 'service');
  delete backend.service;
  if (service) backend.serviceName = service.name;
  const port = objectAt(service, 'port');
  // The field is not optional there: a backend that is no service has port 0.
  backend.servicePort = port?.name ? port.name : (port?.number ?? 0);
}

function paths(spec: Fields): Fields[] {
  return objectsOf(spec.rules).flatMap((rule) => objectsOf(objectAt(rule, 'http')?.paths));
}
