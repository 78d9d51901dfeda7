/** What a request path asks for. */
export type RequestTarget =
  | { type: 'document'; path: string }
  | { type: 'group-version'; group: string; version: string }
  | ResourceTarget;

export interface ResourceTarget {
  type: 'resource';
  group: string;
  version: string;
  /** Empty for cluster scope, and for all namespaces. */
  namespace: string;
  resource: string;
  /** Empty for the collection. */
  name: string;
  subresource: string;
}

/** Reads `/api/v1/namespaces/ns/pods/name/status` and its like; undefined for a path that leads nowhere. */
export function readRequestPath(path: string): RequestTarget | undefined {
  const parts = path.slice(1).split('/');
  if (path.includes('%'))
    parts.forEach((part, index) => {
      parts[index] = decodeURIComponent(part);
    });
  if (parts.at(-1) === '') parts.pop();
  if (parts[0] === 'api') {
    if (parts.length === 1) return { type: 'document', path: '/api' };
    return readBelow('', parts[1]!, parts.slice(2));
  }
  if (parts[0] === 'apis') {
    if (parts.length <= 2) return { type: 'document', path: `/${parts.join('/')}` };
    return readBelow(parts[1]!, parts[2]!, parts.slice(3));
  }
  return { type: 'document', path };
}

function readBelow(group: string, version: string, rest: string[]): RequestTarget | undefined {
  if (rest.length === 0) return { type: 'group-version', group, version };
  const at = (namespace: string, [resource, name, subresource, ...more]: string[]): RequestTarget => ({
    type: 'resource',
    group,
    version,
    namespace,
    resource: resource!,
    name: name ?? '',
    subresource: [subresource ?? '', ...more].join('/'),
  });
  const isNamespaceItself = rest.length < 3 || (rest.length === 3 && isNamespaceSubresource(rest[2]!));
  if (rest[0] === 'namespaces' && !isNamespaceItself) return at(rest[1]!, rest.slice(2));
  return at('', rest);
}

const isNamespaceSubresource = (name: string) => name === 'status' || name === 'finalize';
