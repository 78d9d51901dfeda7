import { instant } from '../manifests/instant';
import type { ObjectStore } from '../store/port';
import { jsonBytes, readJson } from './json-object';

/** How old the note of a token's last use may be. Milliseconds. */
export const useNotedEvery = 3_600_000;

function keyOf(name: string): string {
  return `hints/token-uses/${name}.json`;
}

/** Notes that a token was used, at most once an hour: a request more for each call, and a write an hour. */
export async function noteTokenUse(state: ObjectStore, name: string, now: Date): Promise<void> {
  const head = await state.head(keyOf(name));
  if (head && head.date.getTime() - head.lastModified.getTime() < useNotedEvery) return;
  await state.put(keyOf(name), jsonBytes({ kind: 'TokenUse', at: instant(now) }));
}

/** When a token was last used, by OSS's time and up to an hour too early; undefined when it never was. */
export async function lastTokenUse(state: ObjectStore, name: string): Promise<Date | undefined> {
  return (await readJson(state, keyOf(name)))?.lastModified;
}

/** For a token that is deleted. */
export async function forgetTokenUse(state: ObjectStore, name: string): Promise<void> {
  await state.delete([keyOf(name)]);
}
