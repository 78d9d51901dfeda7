import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Conversion, objectsOf, renamed } from './conversion';

const group = 'rbac.authorization.k8s.io';
const alpha = `${group}/v1alpha1`;
const later = [`${group}/v1`, `${group}/v1beta1`];

/** v1alpha1 names the subjects' version instead of their group, and everybody `User *`. */
export const rbacConversions: Conversion[] = [
  ...renamed('ClusterRole', 'clusterroles', [...later, alpha]),
  ...renamed('Role', 'roles', [...later, alpha]),
  ...[
    { kind: 'ClusterRoleBinding', resource: 'clusterrolebindings' },
    { kind: 'RoleBinding', resource: 'rolebindings' },
  ].flatMap((kind): Conversion[] => [
    ...renamed(kind.kind, kind.resource, later),
    ...later.flatMap((one) => [
      { ...kind, from: alpha, to: one, convert: fromAlpha },
      { ...kind, from: one, to: alpha, convert: toAlpha },
    ]),
  ]),
];

function fromAlpha(binding: KubeObject): void {
  for (const subject of objectsOf(binding.subjects)) {
    delete subject.apiVersion;
    if (subject.kind === 'User' && subject.name === '*') {
      subject.kind = 'Group';
      subject.name = 'system:authenticated';
    }
    if (subject.kind !== 'ServiceAccount') subject.apiGroup = group;
  }
}

function toAlpha(binding: KubeObject): void {
  for (const subject of objectsOf(binding.subjects)) {
    delete subject.apiGroup;
    subject.apiVersion = subject.kind === 'ServiceAccount' ? 'v1' : alpha;
  }
}
