import type { KubeObject } from '../../platform/kubernetes/kube-object';

interface Binding extends KubeObject {
  subjects?: { kind?: string; namespace?: string; name?: string }[];
  roleRef?: { kind?: string; name?: string };
}

/**
 * The ClusterRole of a ClusterRoleBinding that has one of these service accounts (`namespace/name`) as a subject;
 * undefined when it has none (Velero's service account action, pkg/util/actionhelpers/rbac.go).
 */
export function boundRole(binding: KubeObject, serviceAccounts: ReadonlySet<string>): string | undefined {
  const { subjects = [], roleRef } = binding as Binding;
  const binds = subjects.some(
    ({ kind, namespace, name }) => kind === 'ServiceAccount' && serviceAccounts.has(`${namespace}/${name}`),
  );
  return binds ? roleRef?.name : undefined;
}
