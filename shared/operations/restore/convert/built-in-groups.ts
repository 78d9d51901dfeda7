import { groupOf } from '../../../platform/kubernetes/api-resource';

/** API groups whose kinds are built into Kubernetes (client-go, kubernetes/scheme), whatever their version. */
const groups = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'extensions',
  'policy',
  ...[
    'admissionregistration',
    'apiserverinternal',
    'authentication',
    'authorization',
    'certificates',
    'coordination',
    'discovery',
    'events',
    'flowcontrol.apiserver',
    'internal.apiserver',
    'networking',
    'node',
    'rbac.authorization',
    'resource',
    'scheduling',
    'storage',
    'storagemigration',
  ].map((group) => `${group}.k8s.io`),
]);

/** Whether an apiVersion is of a kind that is built into Kubernetes. */
export function isBuiltInGroup(apiVersion = ''): boolean {
  return groups.has(groupOf(apiVersion));
}
