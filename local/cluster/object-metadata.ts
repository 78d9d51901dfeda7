import type { Clock, Random } from '../../shared/clock';
import type { KubeObject } from '../../shared/cluster/kube-object';
import type { ApiCall } from './api-call';
import { groupVersion, type ServedResource } from './served-resource';
import * as refuse from './status-error';
import type { StatusCause } from './status-error';

/** Letters that Kubernetes puts behind a generateName: no vowels, nothing easily confused. */
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** What the server itself writes into the metadata of a new object; throws for a namespace that does not fit. */
export function createdMetadata(
  resource: ServedResource,
  namespace: string,
  object: KubeObject,
  { clock, random }: { clock: Clock; random: Random },
): void {
  const metadata = object.metadata;
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw refuse.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (resource.namespaced) metadata.namespace = namespace;
  else delete metadata.namespace;
  if (!metadata.name && metadata.generateName) {
    metadata.name = metadata.generateName + randomSuffix(random, 5);
  }
  metadata.name ??= '';
  metadata.uid = uuid(random);
  metadata.creationTimestamp = `${clock.now().toISOString().slice(0, 19)}Z`;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  for (const field of Object.keys(metadata)) if (!metadataFields.has(field)) delete metadata[field];
}

/** Fields of ObjectMeta; the server drops others. */
const metadataFields = new Set([
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]);

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
  const expected = groupVersion(resource);
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

/** Refuses an update that would make the object another one. */
export function checkIdentity(resource: ServedResource, next: KubeObject, previous: KubeObject): void {
  next.metadata ??= { name: previous.metadata.name };
  const { name, namespace, uid } = next.metadata;
  const old = previous.metadata;
  if (!name) {
    throw refuse.badRequest(
      `the name of the object (${old.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== old.name) {
    throw refuse.badRequest(
      `the name of the object (${name}) does not match the name on the URL (${old.name})`,
    );
  }
  if (namespace && namespace !== old.namespace) {
    throw refuse.badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the request (${old.namespace ?? ''})`,
    );
  }
  if (uid && uid !== old.uid) {
    throw refuse.conflict(
      resource,
      old.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.uid}`,
    );
  }
}

/** Puts back what an update cannot change. */
export function keepMetadata(next: KubeObject, previous: KubeObject): void {
  const { metadata } = next;
  const old = previous.metadata;
  metadata.name = old.name;
  for (const field of [
    'namespace',
    'generateName',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'resourceVersion',
    'generation',
    'managedFields',
  ]) {
    if (old[field] === undefined) delete metadata[field];
    else metadata[field] = old[field];
  }
  delete metadata.selfLink;
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    const value = metadata[field];
    if (value === null || (value && Object.keys(value).length === 0)) delete metadata[field];
  }
  for (const field of Object.keys(metadata)) if (!metadataFields.has(field)) delete metadata[field];
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelMessage =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainMessage =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is wrong with a new object's name. */
export function checkName(resource: ServedResource, name: string): StatusCause[] {
  if (!name) return [refuse.requiredValue('metadata.name', 'name or generateName is required')];
  if (resource.group === 'rbac.authorization.k8s.io') {
    return /[/%]|^\.\.?$/.test(name)
      ? [refuse.invalidValue('metadata.name', name, "may not contain '/'")]
      : [];
  }
  if (resource.storage === 'namespaces' || resource.storage === 'services') {
    return label.test(name) && name.length <= 63
      ? []
      : [refuse.invalidValue('metadata.name', name, labelMessage)];
  }
  return subdomain.test(name) && name.length <= 253
    ? []
    : [refuse.invalidValue('metadata.name', name, subdomainMessage)];
}

/** As Kubernetes makes the end of a generated name. */
export function randomSuffix(random: Random, length: number): string {
  return Array.from(
    { length },
    () => suffixLetters[Math.floor(random.fraction() * suffixLetters.length)],
  ).join('');
}

function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const describe = (value: unknown) =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
