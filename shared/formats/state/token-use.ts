import { instant } from '../manifests/instant';
import type { ObjectStore } from '../../platform/oss/port';
import { documentBytes, readJson } from './json-object';

/** How old the note of a token's last use may be. Milliseconds. */
const useNotedEvery = 3_600_000;

/** A token by its name, and the id that tells it from an earlier one of the name. */
export interface UsedToken {
  name: string;
  id: string;
}

const folder = 'hints/token-uses/';

function tokenUseKey({ name, id }: UsedToken): string {
  return `${folder}${name}/${id}.json`;
}

/** Notes that a token was used, at most once an hour: a request more for each call, and a write an hour. */
export async function noteTokenUse(state: ObjectStore, token: UsedToken, now: Date): Promise<void> {
  const head = await state.head(tokenUseKey(token));
  if (head && head.date.getTime() - head.lastModified.getTime() < useNotedEvery) return;
  await state.put(tokenUseKey(token), documentBytes({ kind: 'TokenUse', at: instant(now) }));
}

/** When a token was last used, by OSS's time and up to an hour too early; undefined when it never was. */
export async function lastTokenUse(state: ObjectStore, token: UsedToken): Promise<Date | undefined> {
  return (await readJson(state, tokenUseKey(token)))?.lastModified;
}

/** For a token that is deleted: whatever is known of tokens of its name. */
export async function forgetTokenUse(state: ObjectStore, name: string): Promise<void> {
  const keys: string[] = [];
  for await (const page of state.list(`${folder}${name}`))
    for (const { key } of page.objects) if (isOf(key, name)) keys.push(key);
  await state.delete(keys);
}

/** Earlier releases kept one note a name. */
function isOf(key: string, name: string): boolean {
  return key === `${folder}${name}.json` || key.startsWith(`${folder}${name}/`);
}
