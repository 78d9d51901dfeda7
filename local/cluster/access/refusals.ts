import { forbidden, StatusError } from '../http/status-error';
import type { ResourceAttributes } from './authorization';

/** What RBAC refuses a user, and where, in the words of an API server. */
export function refusedResource(username: string, wanted: ResourceAttributes): StatusError {
  const { verb, group, resource, subresource, namespace, name = '' } = wanted;
  const what = subresource ? `${resource}/${subresource}` : resource;
  const where = namespace ? `in the namespace "${namespace}"` : 'at the cluster scope';
  const why = `User "${username}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  return forbidden({ group, resource, kind: resource }, name, why);
}

/** The same of a path that is no resource. */
export function refusedPath(username: string, verb: string, path: string): StatusError {
  const message = `forbidden: User "${username}" cannot ${verb} path "${path}"`;
  return new StatusError(403, 'Forbidden', message, {});
}
