import type { ApiResource } from '../../platform/kubernetes/api-resource';

/**
 * Resources that are served by two groups and stored once, under the first that is listed (Velero's
 * cohabitating resources, pkg/backup/backup.go).
 */
const cohabitating: Record<string, readonly string[]> = {
  deployments: ['extensions', 'apps'],
  daemonsets: ['extensions', 'apps'],
  replicasets: ['extensions', 'apps'],
  networkpolicies: ['extensions', 'networking.k8s.io'],
  events: ['', 'events.k8s.io'],
};

/** Whether the objects of a resource may be served by another group too. */
export function isCohabitating({ resource, group }: ApiResource): boolean {
  return cohabitating[resource]?.includes(group) ?? false;
}

/** Whether two resources serve the same objects. */
export function areCohabitating(one: ApiResource, other: ApiResource): boolean {
  return one.resource === other.resource && isCohabitating(one) && isCohabitating(other);
}
