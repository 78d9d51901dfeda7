/** Where the installations that write to a vault say so: under what Velero tolerates and never reads. */
export const claimsFolder = 'metadata/lifeboat/installations/';

/**
 * What an installation says of itself. `claimed`: no other may write here. `shared`: others that say the same may.
 * `ended`: it writes no more, or another has taken its place.
 */
export type ClaimWord = 'claimed' | 'shared' | 'ended';

/** What an installation that writes to a vault says. @param share whether it lets others write there too */
export function wordOfWriter(share: boolean | undefined): ClaimWord {
  return share ? 'shared' : 'claimed';
}

/** `metadata/lifeboat/installations/<id>`: the claim itself. */
export function claimKey(installation: string): string {
  return `${claimsFolder}${installation}`;
}

/**
 * `…/<id>.<n>.<word>`: what an installation says of itself from then on. The highest number counts, and no key is ever
 * written twice, so that it works under WORM too.
 */
export function wordKey(installation: string, n: number, word: ClaimWord): string {
  return `${claimKey(installation)}.${n}.${word}`;
}

/** Undefined for a key that is neither. The claim itself is number 0. */
export function claimOf(key: string): { installation: string; n: number; word: ClaimWord } | undefined {
  const [, installation, n = '0', word = 'claimed'] =
    /^metadata\/lifeboat\/installations\/([0-9a-f]{32})(?:\.([1-9]\d{0,5})\.(claimed|shared|ended))?$/.exec(
      key,
    ) ?? [];
  return installation ? { installation, n: Number(n), word: word as ClaimWord } : undefined;
}
