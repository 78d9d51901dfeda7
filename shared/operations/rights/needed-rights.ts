import type { Right } from '../../platform/kubernetes/access-rules';
import { type ApiResource, groupResource } from '../../platform/kubernetes/api-resource';
import { neverRestored } from '../../platform/kubernetes/built-in-kinds';

/**
 * What rights serve:
 * - `identity`: the cluster can be told from others, by the uid of kube-system
 * - `backup`: every object is read
 * - `restore`: objects are created and, where a policy says so, changed
 * - `restore-rbac`: roles and bindings that grant more than the credentials have themselves
 * - `mirror`: a replication takes away what is gone at the source
 */
export type Purpose = 'identity' | 'backup' | 'restore' | 'restore-rbac' | 'mirror';

/** A right that a purpose needs; namespaced ones may be held in some namespaces only. */
export interface Need extends Right {
  purpose: Purpose;
  namespaced: boolean;
}

const rbac = 'rbac.authorization.k8s.io';

/** Read one by one besides the lists: what others pull into a backup. */
export const pulledIn: readonly { group: string; resource: string; namespaced: boolean }[] = [
  { group: '', resource: 'namespaces', namespaced: false },
  { group: '', resource: 'pods', namespaced: true },
  { group: '', resource: 'persistentvolumeclaims', namespaced: true },
  { group: '', resource: 'persistentvolumes', namespaced: false },
  { group: 'scheduling.k8s.io', resource: 'priorityclasses', namespaced: false },
  { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', namespaced: false },
  { group: rbac, resource: 'clusterroles', namespaced: false },
  { group: rbac, resource: 'clusterrolebindings', namespaced: false },
];

/** @param resources those that can be listed, created, got and deleted */
export function neededRights(resources: readonly ApiResource[]): Need[] {
  const preferred = resources.filter((one) => one.preferred);
  const needs: Need[] = [
    {
      purpose: 'identity',
      verb: 'get',
      group: '',
      resource: 'namespaces',
      name: 'kube-system',
      namespaced: false,
    },
  ];
  for (const resource of preferred) {
    const { group, resource: name, namespaced } = resource;
    const need = (purpose: Purpose, ...verbs: string[]) => {
      for (const verb of verbs) needs.push({ purpose, verb, group, resource: name, namespaced });
    };
    need('backup', 'list');
    if (pulledIn.some((one) => one.group === group && one.resource === name)) need('backup', 'get');
    if (neverRestored(groupResource(resource))) continue;
    need('restore', 'get', 'create', 'patch');
    need('mirror', 'list', 'delete');
    if (group === rbac && (name === 'roles' || name === 'clusterroles'))
      need('restore-rbac', 'escalate', 'bind');
  }
  return needs;
}
