import type { ListedObject, ObjectStore } from '../../../platform/oss/port';
import { claimsFolder, type ClaimWord, claimOf } from './claim-keys';

/** That an installation writes to a vault. */
export interface Claim {
  installation: string;
  word: ClaimWord;
  /** Since when it does, or does no more; by OSS's time. */
  since: Date;
  /** Number of what it said last. */
  n: number;
  /** All keys of it in the vault. */
  keys: string[];
}

interface Said {
  key: string;
  n: number;
  word: ClaimWord;
  at: Date;
}

/**
 * The claims on a vault, the oldest first, those that have ended too: one listing. Whoever may add objects to the vault can
 * add claims: they decide who is warned and who may be added, and never what is written, read or deleted.
 */
export async function readClaims(vault: ObjectStore): Promise<Claim[]> {
  const said = new Map<string, Said[]>();
  for await (const { objects } of vault.list(claimsFolder)) {
    for (const object of objects) note(said, object);
    // Nobody has a thousand: the rest is not read.
    break;
  }
  return [...said]
    .map(([installation, words]) => ({ installation, ...summary(words) }))
    .sort((a, b) => a.since.getTime() - b.since.getTime() || (a.installation < b.installation ? -1 : 1));
}

function note(said: Map<string, Said[]>, { key, lastModified }: ListedObject): void {
  const found = claimOf(key);
  if (!found) return;
  const words = said.get(found.installation) ?? [];
  words.push({ key, n: found.n, word: found.word, at: lastModified });
  said.set(found.installation, words);
}

/** Two of one number were said at once: the one that lets fewer in counts. */
const cautious: readonly ClaimWord[] = ['ended', 'shared', 'claimed'];

function summary(words: Said[]): Omit<Claim, 'installation'> {
  const inOrder = words.sort(
    (a, b) => a.n - b.n || cautious.indexOf(a.word) - cautious.indexOf(b.word) || a.key.localeCompare(b.key),
  );
  const last = inOrder.at(-1)!;
  const end = inOrder.findLastIndex(({ word }) => word === 'ended');
  const { at } = last.word === 'ended' ? last : inOrder[end + 1]!;
  return { word: last.word, since: at, n: last.n, keys: inOrder.map(({ key }) => key) };
}

/** The claims of others that keep this installation from writing: all that are live, unless both sides share. */
export function opposing(claims: readonly Claim[], installation: string, share: boolean): Claim[] {
  return claims.filter(
    (claim) =>
      claim.installation !== installation && claim.word !== 'ended' && !(share && claim.word === 'shared'),
  );
}
