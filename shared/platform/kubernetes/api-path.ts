import { LifeboatError } from '../errors';

/** What a path needs to know of a resource; an `ApiResource` is one. */
export interface ResourcePath {
  /** Empty for the core group. */
  group: string;
  version: string;
  resource: string;
  namespaced: boolean;
}

export interface ListOptions {
  /** Absent: the objects of all namespaces. */
  namespace?: string;
  limit?: number;
  /** Token of the page before. */
  continue?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** Path of a collection: where to POST to, and what a list reads. */
export function collectionPath(resource: ResourcePath, namespace?: string): string {
  const root = resource.group === '' ? '/api' : `/apis/${segment(resource.group)}`;
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : '';
  return `${root}/${segment(resource.version)}${scope}/${segment(resource.resource)}`;
}

/** Path and query of a list: one page of `limit` objects, or all of them. */
export function listPath(resource: ResourcePath, options: ListOptions = {}): string {
  return withQuery(collectionPath(resource, options.namespace), {
    limit: options.limit,
    continue: options.continue,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
  });
}

/**
 * Path of one object. The name is taken as it is (names of RBAC objects are case-sensitive and may hold `:` and `@`).
 * Throws LifeboatError `invalid` for a name that no API server accepts as a path segment, since `/`, `.` and `..`
 * would address something else.
 */
export function objectPath(
  resource: ResourcePath,
  namespace: string | undefined,
  name: string,
  subresource?: string,
): string {
  if (resource.namespaced && namespace === undefined) {
    throw new LifeboatError('invalid', `${resource.resource} "${name}": its namespace is missing`);
  }
  const tail = subresource === undefined ? '' : `/${segment(subresource)}`;
  return `${collectionPath(resource, namespace)}/${segment(name)}${tail}`;
}

/** Adds parameters, for example `fieldManager` or `dryRun`, to a path; those that are undefined or empty are left out. */
export function withQuery(path: string, parameters: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(parameters)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  if (pairs.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

/** k8s.io/apimachinery pkg/api/validation/path refuses the same names. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/%]/.test(name)) {
    throw new LifeboatError('invalid', `"${name}" cannot be the name of a Kubernetes object`);
  }
  return encodeURIComponent(name);
}
