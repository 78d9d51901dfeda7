import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { ApiCall } from '../http/api-call';
import type { ServedResource } from '../kinds/served-resource';
import * as refuse from '../http/status-error';

/** Checks that the body is an object of the resource; gives it with its metadata present. */
export function checkTypeMeta(call: ApiCall, body: unknown): KubeObject {
  const { resource } = call;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw refuse.badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind; ` +
        `json parse error: json: cannot unmarshal ${describe(body)} into Go value of type struct`,
    );
  }
  const object = body as KubeObject;
  const expected = apiVersionOf(resource);
  const version = object.apiVersion ?? (resource.custom ? '' : expected);
  const kind = object.kind ?? (resource.custom ? '' : resource.kind);
  if (resource.custom && !kind) {
    throw refuse.badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing in ` +
        `'${call.body}' (${JSON.stringify(body).slice(0, 30)} ...)`,
    );
  }
  if (version !== expected) {
    throw refuse.badRequest(
      resource.custom
        ? `the API version in the data (${version}) does not match the expected API version (${expected})`
        : `${kind} in version "${version}" cannot be handled as a ${resource.kind}: no kind "${kind}" is registered for version "${version}"`,
    );
  }
  if (kind !== resource.kind) {
    if (resource.custom) {
      throw refuse.invalid({ ...resource, kind }, object.metadata?.name ?? '', [
        refuse.invalidValue('kind', kind, `must be ${resource.kind}`),
      ]);
    }
    throw refuse.badRequest(
      `${kind} in version "${version}" cannot be handled as a ${resource.kind}: converting (${version}.${kind}) to ` +
        `(${resource.group || 'core'}.${resource.kind}): unknown conversion`,
    );
  }
  object.metadata ??= { name: '' };
  checkStringMaps(object, resource, version);
  return object;
}

function checkStringMaps(object: KubeObject, resource: ServedResource, version: string): void {
  for (const field of ['labels', 'annotations'] as const) {
    for (const value of Object.values(object.metadata[field] ?? {})) {
      if (typeof value === 'string') continue;
      throw refuse.badRequest(
        `${resource.kind} in version "${version}" cannot be handled as a ${resource.kind}: json: cannot unmarshal ` +
          `${describe(value)} into Go struct field ObjectMeta.metadata.${field} of type string`,
      );
    }
  }
}

const describe = (value: unknown) =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
