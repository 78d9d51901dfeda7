import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { formatJson } from './json-text';
import { hasStatusSubresource, type ServedResource } from '../kinds/served-resource';

/** Everything that a change of generation counts: all but metadata, type and (where it is a subresource) status. */
export function specText(object: KubeObject, resource: ServedResource): string {
  const { metadata: _m, apiVersion: _v, kind: _k, status, ...rest } = object;
  return formatJson(sorted(hasStatusSubresource(resource) ? rest : { ...rest, status }));
}

/** True when two objects differ at most in version and ownership of fields. */
export function sameObject(a: KubeObject, b: KubeObject): boolean {
  const bare = ({ apiVersion: _v, kind: _k, metadata, ...rest }: KubeObject) => {
    const { resourceVersion: _r, managedFields: _f, ...kept } = metadata;
    return formatJson(sorted({ metadata: kept, ...rest }));
  };
  return bare(a) === bare(b);
}

/** True when the same managers own the same fields; when they wrote them does not count. */
export function sameOwners(managed: unknown[], previous: KubeObject): boolean {
  const bare = (entries: unknown[]) =>
    formatJson(sorted(entries.map((each) => ({ ...(each as object), time: undefined }))));
  return bare(managed) === bare(previous.metadata.managedFields ?? []);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((field) => [field, sorted(record[field])]),
  );
}
