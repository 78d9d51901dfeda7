import type { ObjectStore } from '../../../platform/oss/port';
import { hasCode } from '../../../platform/oss/store-error';
import { claimKey, type ClaimWord, wordKey, wordOfWriter } from './claim-keys';
import { type Claim, readClaims } from './claims';

/** Has an installation say this of itself in a vault. Costs a listing, and a request where it says something else so far. */
export async function sayInVault(
  vault: ObjectStore,
  installation: string,
  word: ClaimWord,
  more: Record<string, string> = {},
): Promise<void> {
  const claim = (await readClaims(vault)).find((each) => each.installation === installation);
  if (!claim && word !== 'ended') await write(vault, claimKey(installation), { installation });
  const { n = 0, word: before = 'claimed' } = claim ?? {};
  if (before !== word) await write(vault, wordKey(installation, n + 1, word), { installation, ...more });
}

/**
 * Claims a vault for an installation that is at work there already, and has no claim: installations of releases without
 * claims get theirs so. Costs one request where the claim is there. Answers whether the bucket keeps versions.
 */
export async function claimAtWork(
  vault: ObjectStore,
  installation: string,
  share: boolean,
): Promise<{ keepsVersions: boolean }> {
  const key = claimKey(installation);
  const head = await vault.head(key);
  if (head) return { keepsVersions: head.versionId !== undefined };
  await sayInVault(vault, installation, wordOfWriter(share));
  return { keepsVersions: (await vault.head(key))?.versionId !== undefined };
}

/** Takes back all that an installation said in a vault. Where a lock (WORM) keeps it there, it says that it has ended. */
export async function endClaim(vault: ObjectStore, installation: string): Promise<void> {
  const claim = (await readClaims(vault)).find((each) => each.installation === installation);
  if (!claim) return;
  try {
    // What it said last goes last: until then nothing older counts.
    for (const key of claim.keys) await vault.delete([key]);
  } catch (error) {
    if (!hasCode(error, 'FileImmutable')) throw error;
    await sayInVault(vault, installation, 'ended');
  }
}

/** Ends the claim of an installation that is gone, in the name of the one that takes its place. */
export async function replaceClaim(vault: ObjectStore, gone: Claim, by: string): Promise<void> {
  if (gone.word === 'ended') return;
  await write(vault, wordKey(gone.installation, gone.n + 1, 'ended'), {
    installation: gone.installation,
    by,
  });
}

/** Versioned buckets ignore create-only; what is written twice there says the same twice. */
async function write(vault: ObjectStore, key: string, said: Record<string, string>): Promise<void> {
  const body = Buffer.from(`${JSON.stringify({ kind: 'InstallationClaim', format: 1, ...said })}\n`);
  await vault.create(key, body, { exclusive: false, absent: true, contentType: 'application/json' });
}
