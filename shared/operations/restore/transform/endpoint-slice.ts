import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { objectAt, objectsOf } from '../convert/conversion';

const hostname = 'kubernetes.io/hostname';

/**
 * Where a slice of v1beta1 names the node by its topology alone, v1 has a field for it, and takes no other topology when it
 * creates (pkg/registry/discovery/endpointslice, strategy.go: it copies the name itself only when it updates).
 */
export function resetEndpointSlice(slice: KubeObject): void {
  if (!slice.apiVersion?.endsWith('/v1')) return;
  for (const endpoint of objectsOf(slice.endpoints)) {
    const node = objectAt(endpoint, 'deprecatedTopology')?.[hostname];
    if (!endpoint.nodeName && typeof node === 'string') endpoint.nodeName = node;
    delete endpoint.deprecatedTopology;
  }
}
