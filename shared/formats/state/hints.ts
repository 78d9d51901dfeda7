import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import type { ObjectStore } from '../../platform/oss/port';
import { stateFormat } from './format';
import { jsonBytes, readBytes } from './json-object';

/** What is known of a thousand manifests fits. */
const maxBytes = 16 * 1024 * 1024;

/** A hint may have any names as its keys, so that its format stands beside it. */
const wrapped = v.strictObject({ format: v.number(), value: v.unknown() });

/** Undefined for a hint of another release's format. Earlier releases wrote hints as they are. */
function unwrapped(text: string): unknown {
  const stored: unknown = JSON.parse(text);
  const parsed = v.safeParse(wrapped, stored);
  if (!parsed.success) return stored;
  return parsed.output.format === stateFormat ? parsed.output.value : undefined;
}

/** `hints/<name>.json`: caches. Anything unreadable counts as absent, and a failed write is forgotten. */
export async function readHint(state: ObjectStore, name: string): Promise<unknown> {
  try {
    const found = await readBytes(state, `hints/${name}.json`, maxBytes);
    return found && unwrapped(found.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

export async function writeHint(state: ObjectStore, name: string, value: unknown): Promise<void> {
  try {
    await state.put(`hints/${name}.json`, jsonBytes({ format: stateFormat, value }));
  } catch {
    // A cache that could not be written is rebuilt by whoever needs it.
  }
}

/** What is known of some hundred thousand runs, unpacked. */
const maxUnpackedBytes = 256 * 1024 * 1024;

/** As `readHint`, of one that `writePackedHint` wrote. */
export async function readPackedHint(state: ObjectStore, name: string): Promise<unknown> {
  try {
    const { body } = await state.get(`hints/${name}.json.gz`);
    return unwrapped(gunzipSync(body, { maxOutputLength: maxUnpackedBytes }).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** As `writeHint`, for what grows with an installation: `hints/<name>.json.gz`. */
export async function writePackedHint(state: ObjectStore, name: string, value: unknown): Promise<void> {
  try {
    await state.put(
      `hints/${name}.json.gz`,
      gzipSync(JSON.stringify({ format: stateFormat, value }), { level: 1 }),
    );
  } catch {
    // As above.
  }
}

/** Whoever needs it reads everything again. */
export async function forgetHint(state: ObjectStore, name: string): Promise<void> {
  await state.delete([`hints/${name}.json`]);
}

/** Milliseconds by OSS's time since a hint was written; infinite when there is none. */
export async function hintAge(state: ObjectStore, name: string): Promise<number> {
  const head = await state.head(`hints/${name}.json`).catch(() => undefined);
  return head ? head.date.getTime() - head.lastModified.getTime() : Number.POSITIVE_INFINITY;
}
