import type { ObjectStore } from '../store/port';
import { jsonBytes, readJson } from './json-object';

/** `hints/<name>.json`: caches. Anything unreadable counts as absent, and a failed write is forgotten. */
export async function readHint(state: ObjectStore, name: string): Promise<unknown> {
  try {
    return (await readJson(state, `hints/${name}.json`))?.value;
  } catch {
    return undefined;
  }
}

export async function writeHint(state: ObjectStore, name: string, value: unknown): Promise<void> {
  try {
    await state.put(`hints/${name}.json`, jsonBytes(value));
  } catch {
    // A cache that could not be written is rebuilt by whoever needs it.
  }
}
