import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Conversion, objectAt, objectsOf } from './conversion';

const kind = { kind: 'EndpointSlice', resource: 'endpointslices' };

/** The topology of v1beta1 became `zone` and `nodeName`; what is left of it is `deprecatedTopology`. */
export const endpointSliceConversions: Conversion[] = [
  { ...kind, from: 'discovery.k8s.io/v1beta1', to: 'discovery.k8s.io/v1', convert: toStable },
  { ...kind, from: 'discovery.k8s.io/v1', to: 'discovery.k8s.io/v1beta1', convert: toBeta },
];

const zoneLabel = 'topology.kubernetes.io/zone';
const hostnameLabel = 'kubernetes.io/hostname';

function toStable(slice: KubeObject): void {
  for (const endpoint of objectsOf(slice.endpoints)) {
    const topology = { ...objectAt(endpoint, 'topology') };
    delete endpoint.topology;
    if (topology[zoneLabel] !== undefined) endpoint.zone = topology[zoneLabel];
    delete topology[zoneLabel];
    if (endpoint.nodeName) delete topology[hostnameLabel];
    if (Object.keys(topology).length > 0) endpoint.deprecatedTopology = topology;
  }
}

function toBeta(slice: KubeObject): void {
  for (const endpoint of objectsOf(slice.endpoints)) {
    const topology = { ...objectAt(endpoint, 'deprecatedTopology') };
    if (endpoint.zone !== undefined) topology[zoneLabel] = endpoint.zone;
    if (endpoint.nodeName !== undefined) topology[hostnameLabel] = endpoint.nodeName;
    delete endpoint.deprecatedTopology;
    delete endpoint.zone;
    if (Object.keys(topology).length > 0) endpoint.topology = topology;
  }
}
