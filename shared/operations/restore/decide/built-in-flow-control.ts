import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { ItemRef } from '../../../formats/vault/archive-types';

/** What API servers of any version make themselves (pkg/apis/flowcontrol/bootstrap, default.go, 1.18 to today). */
const builtIn: Record<string, ReadonlySet<string>> = {
  'flowschemas.flowcontrol.apiserver.k8s.io': new Set([
    'exempt',
    'catch-all',
    'probes',
    'system-nodes',
    'system-node-high',
    'system-leader-election',
    'workload-leader-election',
    'endpoint-controller',
    'kube-controller-manager',
    'kube-scheduler',
    'kube-system-service-accounts',
    'service-accounts',
    'global-default',
  ]),
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': new Set([
    'exempt',
    'catch-all',
    'system',
    'node-high',
    'leader-election',
    'workload-high',
    'workload-low',
    'global-default',
  ]),
};

const autoUpdate = 'apf.kubernetes.io/autoupdate-spec';

/**
 * Whether the API server made a flow schema or priority level and looks after it. Since 1.22 an annotation says so, and one
 * that says `false` is the user's; before it there is only the name to go by.
 */
export function isBuiltInFlowControl({ groupResource, name }: ItemRef, { metadata }: KubeObject): boolean {
  const says = metadata.annotations?.[autoUpdate];
  if (says !== undefined) return says === 'true';
  return Object.hasOwn(builtIn, groupResource) && builtIn[groupResource]!.has(name);
}
