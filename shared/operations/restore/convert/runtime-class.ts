import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Conversion, objectAt, rename, renamed } from './conversion';

const kind = { kind: 'RuntimeClass', resource: 'runtimeclasses' };
const alpha = 'node.k8s.io/v1alpha1';
const later = ['node.k8s.io/v1', 'node.k8s.io/v1beta1'];

/** v1alpha1 has in `spec` what the later versions have at the top. */
export const runtimeClassConversions: Conversion[] = [
  ...renamed(kind.kind, kind.resource, later),
  ...later.flatMap((one): Conversion[] => [
    { ...kind, from: alpha, to: one, convert: fromAlpha },
    { ...kind, from: one, to: alpha, convert: toAlpha },
  ]),
];

function fromAlpha(runtimeClass: KubeObject): void {
  const spec = objectAt(runtimeClass, 'spec') ?? {};
  delete runtimeClass.spec;
  rename(spec, 'runtimeHandler', 'handler');
  Object.assign(runtimeClass, spec);
}

function toAlpha(runtimeClass: KubeObject): void {
  const spec: Record<string, unknown> = {};
  for (const field of ['handler', 'overhead', 'scheduling']) {
    if (runtimeClass[field] !== undefined) spec[field] = runtimeClass[field];
    delete runtimeClass[field];
  }
  rename(spec, 'handler', 'runtimeHandler');
  runtimeClass.spec = spec;
}
