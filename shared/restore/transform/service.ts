import type { KubeObject } from '../../cluster/kube-object';
import { isMap } from '../../manifests/is-map';

/**
 * Addresses are the cluster's to give; node ports stay where someone chose them: in the last-applied annotation, or as
 * a managed field (Velero pkg/restore/actions/service_action.go).
 */
export function resetService(service: KubeObject, preserveNodePorts: boolean): void {
  const { spec } = service;
  if (!spec) return;
  const chosen = chosenPorts(service);
  if (spec.clusterIP !== 'None') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  if (preserveNodePorts || spec.type === 'ExternalName') return;
  for (const port of Array.isArray(spec.ports) ? spec.ports : []) {
    if (isMap(port) && !chosen.ports.has(portKey(port))) delete port.nodePort;
  }
  if (!chosen.healthCheck) delete spec.healthCheckNodePort;
}

interface ChosenPorts {
  ports: Set<string>;
  healthCheck: boolean;
}

function portKey(port: Record<string, unknown>): string {
  return `${String(port.protocol ?? 'TCP')}/${String(port.port)}`;
}

function chosenPorts(service: KubeObject): ChosenPorts {
  const chosen: ChosenPorts = { ports: new Set(), healthCheck: false };
  const applied = service.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  if (applied) fromLastApplied(applied, chosen);
  for (const entry of service.metadata.managedFields ?? []) fromManagedFields(entry, chosen);
  return chosen;
}

function fromLastApplied(annotation: string, chosen: ChosenPorts): void {
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
}

function fromManagedFields(entry: unknown, chosen: ChosenPorts): void {
  const fields = isMap(entry) && isMap(entry.fieldsV1) ? entry.fieldsV1['f:spec'] : undefined;
  if (!isMap(fields)) return;
  if ('f:healthCheckNodePort' in fields) chosen.healthCheck = true;
  const ports = isMap(fields['f:ports']) ? fields['f:ports'] : {};
  for (const [key, port] of Object.entries(ports)) {
    if (!key.startsWith('k:') || !isMap(port) || !('f:nodePort' in port)) continue;
    try {
      chosen.ports.add(portKey(JSON.parse(key.slice(2)) as Record<string, unknown>));
    } catch {}
  }
}
