import { createHmac } from 'node:crypto';
import { isMap } from '../../../platform/input/is-map';

/** Any Kubernetes object, as far as this looks into it. */
interface AnyObject {
  apiVersion?: string;
  kind?: string;
  metadata: { name?: string; annotations?: Record<string, string> };
}

/** The annotation in which `kubectl apply` keeps the object that it was given: of a Secret, its values again. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** Types that Kubernetes and Helm give a meaning: public words. */
const knownTypes: ReadonlySet<unknown> = new Set([
  'Opaque',
  'kubernetes.io/service-account-token',
  'kubernetes.io/dockercfg',
  'kubernetes.io/dockerconfigjson',
  'kubernetes.io/basic-auth',
  'kubernetes.io/ssh-auth',
  'kubernetes.io/tls',
  'bootstrap.kubernetes.io/token',
  'helm.sh/release.v1',
]);

/**
 * A Secret with a keyed hash in the place of each value, and of its last-applied annotation, which holds the values again:
 * `hidden 5f2c9a03b1d4`. The same value of the same field of a Secret of the same name gives the same hash under one key, so
 * that a diff tells same from different and nobody without the key can guess. Any other object is given back as it is.
 *
 * @param key at least 16 bytes that never leave with what was hidden by it
 */
export function withoutSecretValues<T extends AnyObject>(object: T, key: Buffer): T {
  if (object.kind !== 'Secret' || (object.apiVersion ?? 'v1') !== 'v1') return object;
  return valuesHidden(object, key);
}

/**
 * A Secret with a keyed hash in the place of every text but its name, its namespace, its kind and a type that is public: what
 * lies in labels or annotations, or what a transform has moved there, may be a value, and looking for the values in it would
 * answer guesses. Takes for a Secret what it is given, whatever kind it says it is.
 *
 * @param key as of `withoutSecretValues`
 */
export function withoutSecretTexts<T extends AnyObject>(secret: T, key: Buffer): T {
  const { data, stringData, metadata, ...rest } = valuesHidden(secret, key) as T & Record<string, unknown>;
  const { name, namespace, ...others } = metadata as AnyObject['metadata'] & Record<string, unknown>;
  const hide = (value: unknown, path: string[]): unknown => {
    if (Array.isArray(value)) return value.map((item) => hide(item, path));
    if (isMap(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([field, inner]) => [field, hide(inner, [...path, field])]),
      );
    }
    if (value === undefined || value === null || typeof value === 'boolean') return value;
    return hidden(key, [name ?? '', ...path], Buffer.from(JSON.stringify(value)));
  };
  const shown = (field: string, value: unknown) =>
    (field === 'apiVersion' && value === 'v1') ||
    (field === 'kind' && value === 'Secret') ||
    (field === 'type' && knownTypes.has(value));
  return {
    ...Object.fromEntries(
      Object.entries(rest).map(([field, value]) => [
        field,
        shown(field, value) ? value : hide(value, [field]),
      ]),
    ),
    metadata: {
      ...(hide(others, ['metadata']) as object),
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
    },
    ...(data !== undefined && { data }),
    ...(stringData !== undefined && { stringData }),
  } as unknown as T;
}

function valuesHidden<T extends AnyObject>(object: T, key: Buffer): T {
  const hide = (field: string, value: Buffer) => hidden(key, [object.metadata.name ?? '', field], value);
  const hideAll = (values: unknown, toBytes: (value: string) => Buffer) =>
    isMap(values)
      ? Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name, hide(name, toBytes(String(value)))]),
        )
      : values === undefined || values === null
        ? values
        : hide('', Buffer.from(JSON.stringify(values)));
  const { annotations } = object.metadata;
  const applied = annotations?.[lastAppliedAnnotation];
  const { data, stringData } = object as Record<string, unknown>;
  return {
    ...object,
    ...(applied !== undefined && {
      metadata: {
        ...object.metadata,
        annotations: {
          ...annotations,
          [lastAppliedAnnotation]: hide(lastAppliedAnnotation, Buffer.from(applied)),
        },
      },
    }),
    ...(data !== undefined && { data: hideAll(data, (value) => Buffer.from(value, 'base64')) }),
    ...(stringData !== undefined && { stringData: hideAll(stringData, (value) => Buffer.from(value)) }),
  };
}

function hidden(key: Buffer, place: string[], value: Buffer): string {
  const hash = createHmac('sha256', key);
  for (const part of place) hash.update(part).update('\0');
  return `hidden ${hash.update(value).digest('hex').slice(0, 12)}`;
}
