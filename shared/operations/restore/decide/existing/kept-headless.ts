import type { KubeObject } from '../../../../platform/kubernetes/kube-object';

/** Why a Service cannot get the address that it had. */
export const keptHeadless = 'a Service stays headless until it is made again';

/**
 * The wanted Service as an update makes it where the cluster's is headless and the wanted one is not: the API server accepts
 * an update without an address and keeps `None` (pkg/registry/core/service/storage, patchAllocatedValues). Undefined where
 * an update makes what is wanted, or says that it does not.
 */
export function withKeptHeadless(
  groupResource: string,
  wanted: KubeObject,
  present: KubeObject,
): KubeObject | undefined {
  if (groupResource !== 'services' || present.spec?.clusterIP !== 'None') return undefined;
  const { spec } = wanted;
  if (!spec || spec.clusterIP !== undefined || spec.type === 'ExternalName') return undefined;
  const { clusterIP, clusterIPs } = present.spec;
  return { ...wanted, spec: { ...spec, clusterIP, ...(clusterIPs !== undefined && { clusterIPs }) } };
}
