import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { containersOf, podSpecOf } from './pod-spec';
import { type Fields, objectAt, objectsOf } from '../convert/conversion';
import { canonicalAddress, canonicalRange } from '../convert/ip-address';

/** Writes the addresses and ranges of built-in kinds as newer API servers take them; measured on v1.37.2. Changes `object`. */
export function canonicalAddresses(groupResource: string, object: KubeObject): void {
  const { spec } = object;
  switch (groupResource) {
    case 'networkpolicies.networking.k8s.io':
      for (const block of ipBlocks(spec)) {
        if (typeof block.cidr === 'string') block.cidr = canonicalRange(block.cidr);
        eachText(block, 'except', canonicalRange);
      }
      break;
    case 'services':
      eachText(spec, 'loadBalancerSourceRanges', canonicalRange);
      eachText(spec, 'externalIPs', canonicalAddress);
      break;
    case 'endpoints':
      for (const subset of objectsOf(object.subsets)) {
        for (const list of [subset.addresses, subset.notReadyAddresses]) objectsOf(list).forEach(ipOf);
      }
      break;
    case 'endpointslices.discovery.k8s.io':
      if (object.addressType === 'FQDN') break;
      for (const endpoint of objectsOf(object.endpoints)) eachText(endpoint, 'addresses', canonicalAddress);
      break;
    default:
      ofPod(podSpecOf(groupResource, object));
  }
}

function ipBlocks(spec: Fields | undefined): Fields[] {
  const peers = [
    ...objectsOf(spec?.ingress).flatMap(({ from }) => objectsOf(from)),
    ...objectsOf(spec?.egress).flatMap(({ to }) => objectsOf(to)),
  ];
  return objectsOf(peers.map((peer) => objectAt(peer, 'ipBlock')));
}

function ofPod(spec: Fields | undefined): void {
  if (!spec || containersOf(spec).length === 0) return;
  objectsOf(spec.hostAliases).forEach(ipOf);
  eachText(objectAt(spec, 'dnsConfig'), 'nameservers', canonicalAddress);
}

function ipOf(holder: Fields): void {
  if (typeof holder.ip === 'string') holder.ip = canonicalAddress(holder.ip);
}

function eachText(holder: Fields | undefined, field: string, change: (text: string) => string): void {
  const list = holder?.[field] as unknown;
  if (!holder || !Array.isArray(list)) return;
  holder[field] = list.map((one: unknown) => (typeof one === 'string' ? change(one) : one));
}
