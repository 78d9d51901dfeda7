/** What a request to an API server is about. */
export interface RequestPlace {
  group: string;
  version: string;
  resource: string;
  namespace?: string;
  /** Absent for a collection. */
  name?: string;
  subresource?: string;
}

const namespaceParts = new Set(['status', 'finalize']);

/** Reads the path of a request as api-path.ts writes it; undefined for what is no resource (`/version`). */
export function placeOfRequest(path: string): RequestPlace | undefined {
  const [, root, ...parts] = path.split('?')[0]!.split('/').map(decodeURIComponent);
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : parts.shift();
  const version = parts.shift();
  if (group === undefined || version === undefined || parts.length === 0) return undefined;
  const inNamespace = parts[0] === 'namespaces' && parts.length > 2 && !namespaceParts.has(parts[2]!);
  const namespace = inNamespace ? parts.splice(0, 2)[1] : undefined;
  const [resource, name, subresource] = parts;
  return { group, version, resource: resource!, namespace, name, subresource };
}

/** The same for all versions of an object: `configmaps/shop/settings`, `deployments.apps/shop/web`. */
export function objectKey({ group, resource, namespace }: RequestPlace, name: string): string {
  return `${group === '' ? resource : `${resource}.${group}`}/${namespace ?? ''}/${name}`;
}
