import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import type { ObjectStore } from '../../platform/oss/port';
import { stateFormat } from './format';
import { jsonBytes } from './json-object';

/** A hint may have any names as its keys, so that its format stands beside it. */
const wrapped = v.strictObject({ format: v.number(), value: v.unknown() });

/** Undefined for a hint of another release's format. Earlier releases wrote hints as they are. */
function unwrapped(text: string): unknown {
  const stored: unknown = JSON.parse(text);
  const parsed = v.safeParse(wrapped, stored);
  if (!parsed.success) return stored;
  return parsed.output.format === stateFormat ? parsed.output.value : undefined;
}

/** What is known of some hundred thousand backups or runs. */
const maxUnpackedBytes = 256 * 1024 * 1024;
/** Larger ones are packed: what is known of each backup grows with an installation. */
const packedFrom = 64 * 1024;

const hintKey = (name: string) => `hints/${name}.json`;

/**
 * `hints/<name>.json`, gzipped where it is large: caches. Anything unreadable counts as absent, and a failed write is
 * forgotten.
 */
export async function readHint(state: ObjectStore, name: string): Promise<unknown> {
  try {
    const { body } = await state.get(hintKey(name));
    const bytes = isGzip(body) ? gunzipSync(body, { maxOutputLength: maxUnpackedBytes }) : body;
    return unwrapped(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

export async function writeHint(state: ObjectStore, name: string, value: unknown): Promise<void> {
  try {
    const bytes = jsonBytes({ format: stateFormat, value });
    await state.put(hintKey(name), bytes.length < packedFrom ? bytes : gzipSync(bytes, { level: 1 }));
  } catch {
    // A cache that could not be written is rebuilt by whoever needs it.
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whoever needs it reads everything again. */
export async function forgetHint(state: ObjectStore, name: string): Promise<void> {
  await state.delete([hintKey(name)]);
}

/** Milliseconds by OSS's time since a hint was written; infinite when there is none. */
export async function hintAge(state: ObjectStore, name: string): Promise<number> {
  const head = await state.head(hintKey(name)).catch(() => undefined);
  return head ? head.date.getTime() - head.lastModified.getTime() : Number.POSITIVE_INFINITY;
}
