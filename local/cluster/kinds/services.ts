import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { type KindRule, specOf } from './kind-rule';
import { invalid, invalidValue } from '../http/status-error';
import type { Storage } from '../objects/storage';

interface ServicePort {
  port: number;
  protocol?: string;
  targetPort?: number | string;
  nodePort?: number;
}

interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  ports?: ServicePort[];
  sessionAffinity?: string;
  externalTrafficPolicy?: string;
  internalTrafficPolicy?: string;
  ipFamilies?: string[];
  ipFamilyPolicy?: string;
  healthCheckNodePort?: number;
  allocateLoadBalancerNodePorts?: boolean;
  [field: string]: unknown;
}

const service = { group: '', resource: 'services', kind: 'Service' };
const firstNodePort = 30_000;
const lastNodePort = 32_767;

/** Services: addresses of 10.96.0.0/16 and node ports, given out or checked. */
export const serviceRule: KindRule = {
  initialStatus: () => ({ loadBalancer: {} }),
  onCreate(object, storage) {
    allocate(object, storage, undefined);
  },
  onUpdate(next, previous, storage) {
    const spec = specOf<ServiceSpec>(next);
    const old = (previous.spec ?? {}) as ServiceSpec;
    if (!spec.clusterIP && spec.type !== 'ExternalName') spec.clusterIP = old.clusterIP;
    allocate(next, storage, previous);
  },
  validate(next, _storage, previous) {
    const spec = next.spec as ServiceSpec;
    const old = previous?.spec as ServiceSpec | undefined;
    if (!old?.clusterIP || old.type === 'ExternalName' || spec.type === 'ExternalName') return [];
    if (spec.clusterIP === old.clusterIP) return [];
    return [invalidValue('spec.clusterIPs[0]', [spec.clusterIP], 'may not change once set')];
  },
};

function allocate(object: KubeObject, storage: Storage, previous: KubeObject | undefined): void {
  const spec = specOf<ServiceSpec>(object);
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    port.targetPort ??= port.port;
  }
  if (spec.type === 'ExternalName') return;
  spec.internalTrafficPolicy ??= 'Cluster';
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  const own = `${object.metadata.namespace}/${object.metadata.name}`;
  const used = usedBy(storage, own);
  const refuse = (field: string, value: unknown, why: string) => {
    throw invalid(service, object.metadata.name, [invalidValue(field, value, why)]);
  };

  const wanted = spec.clusterIP || spec.clusterIPs?.[0];
  if (wanted && wanted !== 'None') {
    if (!inRange(wanted)) {
      refuse(
        'spec.clusterIPs',
        [wanted],
        `failed to allocate IP ${wanted}: the provided network does not match the current range`,
      );
    }
    if (used.addresses.has(wanted)) {
      refuse(
        'spec.clusterIPs',
        [wanted],
        `failed to allocate IP ${wanted}: provided IP is already allocated`,
      );
    }
  }
  spec.clusterIP = wanted || freeAddress(used.addresses);
  spec.clusterIPs = [spec.clusterIP];

  const open = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (open) spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  const oldPorts = ((previous?.spec as ServiceSpec | undefined)?.ports ?? []) as ServicePort[];
  spec.ports?.forEach((port, index) => {
    if (!open || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false)) {
      if (!open) delete port.nodePort;
      return;
    }
    const field = `spec.ports[${index}].nodePort`;
    port.nodePort ??= oldPorts.find((each) => each.port === port.port)?.nodePort;
    if (port.nodePort) {
      if (port.nodePort < firstNodePort || port.nodePort > lastNodePort) {
        refuse(
          field,
          port.nodePort,
          `provided port is not in the valid range. The range of valid ports is ${firstNodePort}-${lastNodePort}`,
        );
      }
      if (used.ports.has(port.nodePort)) refuse(field, port.nodePort, 'provided port is already allocated');
    } else port.nodePort = freePort(used.ports);
    used.ports.add(port.nodePort);
  });
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') {
    spec.healthCheckNodePort ??= freePort(used.ports);
  }
}

/** What other services hold. A walk over all of them: there are few, and it cannot go stale. */
function usedBy(storage: Storage, except: string): { addresses: Set<string>; ports: Set<number> } {
  const addresses = new Set<string>();
  const ports = new Set<number>();
  for (const stored of storage.collection('services').sorted()) {
    if (stored.key === except) continue;
    const spec = stored.object().spec as ServiceSpec | undefined;
    if (spec?.clusterIP) addresses.add(spec.clusterIP);
    if (spec?.healthCheckNodePort) ports.add(spec.healthCheckNodePort);
    for (const { nodePort } of spec?.ports ?? []) if (nodePort) ports.add(nodePort);
  }
  return { addresses, ports };
}

const inRange = (address: string) => /^10\.96(\.\d{1,3}){2}$/.test(address);

function freeAddress(used: Set<string>): string {
  // The first addresses are left to those who choose theirs, as the real server does.
  for (let index = 256; index < 65_535; index += 1) {
    const address = `10.96.${index >> 8}.${index & 255}`;
    if (!used.has(address)) return address;
  }
  throw new Error('no free cluster IP');
}

function freePort(used: Set<number>): number {
  for (let port = firstNodePort + 100; port <= lastNodePort; port += 1) {
    if (used.has(port)) continue;
    used.add(port);
    return port;
  }
  throw new Error('no free node port');
}
