import type { ApiCall } from '../http/api-call';
import { parseFieldSelector, parseLabelSelector } from './selectors';
import { badRequest } from '../http/status-error';
import type { StoredObject } from './stored-object';

/** Which objects a list, watch or deletecollection is about. */
export interface Selection {
  /** True when nothing narrows it. */
  everything: boolean;
  test(stored: StoredObject): boolean;
}

/** Further fields that the real server can select by, per storage name. */
const fieldsOf: Record<string, string[]> = {
  pods: ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  events: [
    'involvedObject.kind',
    'involvedObject.name',
    'involvedObject.namespace',
    'involvedObject.uid',
    'reason',
    'type',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  'jobs.batch': ['status.successful'],
  replicationcontrollers: ['status.replicas'],
  'replicasets.apps': ['status.replicas'],
};

/** Reads labelSelector and fieldSelector; 400 for what the real server refuses. */
export function selection(call: Pick<ApiCall, 'query' | 'resource' | 'name'>): Selection {
  const labels = call.query.get('labelSelector');
  const fields = call.query.get('fieldSelector');
  const byLabel = labels ? parseLabelSelector(labels) : undefined;
  const terms = fields ? parseFieldSelector(fields) : [];
  const known = ['metadata.name', 'metadata.namespace', ...(fieldsOf[call.resource.storage] ?? [])];
  for (const { field } of terms) {
    if (known.includes(field)) continue;
    throw badRequest(
      `"${field}" is not a known field selector: only ${known.map((each) => `"${each}"`).join(', ')}`,
    );
  }
  return {
    everything: !byLabel && terms.length === 0,
    test: (stored) =>
      (byLabel?.(stored.meta.labels) ?? true) &&
      terms.every(({ field, equal, value }) => (readField(stored, field) === value) === equal),
  };
}

function readField(stored: StoredObject, field: string): string {
  if (field === 'metadata.name') return stored.name;
  if (field === 'metadata.namespace') return stored.namespace;
  let value: unknown = stored.object();
  for (const part of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
  return value === undefined || value === null ? '' : String(value);
}
