import { createHmac } from 'node:crypto';
import { isMap } from './is-map';

/** Any Kubernetes object, as far as this looks into it. */
interface AnyObject {
  apiVersion?: string;
  kind?: string;
  metadata: { name?: string; annotations?: Record<string, string> };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A Secret with a keyed hash in the place of each value, and of its last-applied annotation, which holds the values again:
 * `hidden 5f2c9a03b1d4`. The same value of the same field of a Secret of the same name gives the same hash under one key, so
 * that a diff tells same from different and nobody without the key can guess. Any other object is given back as it is.
 *
 * @param key at least 16 bytes that never leave with what was hidden by it
 */
export function withoutSecretValues<T extends AnyObject>(object: T, key: Buffer): T {
  if (object.kind !== 'Secret' || (object.apiVersion ?? 'v1') !== 'v1') return object;
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
  const applied = annotations?.[lastApplied];
  const { data, stringData } = object as Record<string, unknown>;
  return {
    ...object,
    ...(applied !== undefined && {
      metadata: {
        ...object.metadata,
        annotations: { ...annotations, [lastApplied]: hide(lastApplied, Buffer.from(applied)) },
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
