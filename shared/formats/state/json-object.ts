import type { ObjectStore, StoredObject } from '../../platform/oss/port';
import { isKind } from '../../platform/errors';
import { jsonValue } from '../../platform/input/parse';
import { stateFormat, withoutFormat } from './format';

/** Manifests, requests and results are small; more than this is not ours. */
const maxBytes = 1024 * 1024;

/** Bytes of a document of the state: as `jsonBytes`, with the format that it has. */
export function documentBytes(value: object): Buffer {
  return jsonBytes({ ...value, format: stateFormat });
}

/** Bytes of JSON: keys sorted, so that the same content always is the same bytes. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, sorted, 1)}\n`);
}

function sorted(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The parsed object under a key, without its format, with the reader's OSS time; undefined when there is none. Throws `invalid`
 * when it is no JSON, and NewerFormat.
 */
export async function readJson(
  store: ObjectStore,
  key: string,
  limit = maxBytes,
): Promise<{ value: unknown; body: Buffer; lastModified: Date; date: Date } | undefined> {
  const found = await readBytes(store, key, limit);
  if (!found) return undefined;
  const { head, body } = found;
  const what = `${store.name}${key}`;
  return {
    value: withoutFormat(jsonValue(body, what), what, head.lastModified),
    body,
    lastModified: head.lastModified,
    date: head.date,
  };
}

/** The object under a key; undefined when there is none. */
export async function readBytes(
  store: ObjectStore,
  key: string,
  limit = maxBytes,
): Promise<StoredObject | undefined> {
  try {
    return await store.get(key, { maxBytes: limit });
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}
