import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';

/** What of a Service may stay. */
export interface ServiceContext {
  preserveNodePorts: boolean;
  /** Keeps a clusterIP that someone chose; a Service that is compared with one that exists has none. */
  keepAddress?: boolean;
}

/**
 * Addresses and node ports are the cluster's to give, and stay where someone chose them: in the last-applied annotation,
 * or as a managed field (ports as Velero does, pkg/restore/actions/service_action.go; it drops addresses).
 */
export function resetService(service: KubeObject, { preserveNodePorts, keepAddress }: ServiceContext): void {
  const { spec } = service;
  if (!spec) return;
  const chosen = chosenFields(service);
  if (!keepAddress || !chosen.address) dropAddress(service);
  else if (!chosen.addresses && spec.clusterIP !== 'None') delete spec.clusterIPs;
  if (preserveNodePorts || spec.type === 'ExternalName') return;
  for (const port of Array.isArray(spec.ports) ? spec.ports : []) {
    if (isMap(port) && !chosen.ports.has(portKey(port))) delete port.nodePort;
  }
  if (!chosen.healthCheck) delete spec.healthCheckNodePort;
}

/** Takes the address out of a Service that is not headless, and returns it. */
export function dropAddress({ spec }: KubeObject): string | undefined {
  if (!spec || spec.clusterIP === 'None') return undefined;
  const address = spec.clusterIP;
  delete spec.clusterIP;
  delete spec.clusterIPs;
  return typeof address === 'string' && address !== '' ? address : undefined;
}

interface ChosenFields {
  ports: Set<string>;
  address: boolean;
  /** All addresses of a Service with two families. */
  addresses: boolean;
  healthCheck: boolean;
}

function portKey(port: Record<string, unknown>): string {
  return `${String(port.protocol ?? 'TCP')}/${String(port.port)}`;
}

function chosenFields(service: KubeObject): ChosenFields {
  const chosen: ChosenFields = { ports: new Set(), healthCheck: false, address: false, addresses: false };
  const applied = service.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  if (applied) fromLastApplied(applied, chosen);
  for (const entry of service.metadata.managedFields ?? []) fromManagedFields(entry, chosen);
  return chosen;
}

function fromLastApplied(annotation: string, chosen: ChosenFields): void {
  let applied: unknown;
  try {
    applied = JSON.parse(annotation);
  } catch {
    return;
  }
  const spec = isMap(applied) && isMap(applied.spec) ? applied.spec : {};
  for (const port of Array.isArray(spec.ports) ? spec.ports : []) {
    if (isMap(port) && port.nodePort) chosen.ports.add(portKey(port));
  }
  if (spec.healthCheckNodePort) chosen.healthCheck = true;
  if (spec.clusterIP) chosen.address = true;
  if (Array.isArray(spec.clusterIPs) && spec.clusterIPs.length > 0) {
    chosen.address = true;
    chosen.addresses = true;
  }
}

function fromManagedFields(entry: unknown, chosen: ChosenFields): void {
  const fields = isMap(entry) && isMap(entry.fieldsV1) ? entry.fieldsV1['f:spec'] : undefined;
  if (!isMap(fields)) return;
  if ('f:healthCheckNodePort' in fields) chosen.healthCheck = true;
  if ('f:clusterIP' in fields || 'f:clusterIPs' in fields) chosen.address = true;
  if ('f:clusterIPs' in fields) chosen.addresses = true;
  const ports = isMap(fields['f:ports']) ? fields['f:ports'] : {};
  for (const [key, port] of Object.entries(ports)) {
    if (!key.startsWith('k:') || !isMap(port) || !('f:nodePort' in port)) continue;
    try {
      chosen.ports.add(portKey(JSON.parse(key.slice(2)) as Record<string, unknown>));
    } catch {}
  }
}
