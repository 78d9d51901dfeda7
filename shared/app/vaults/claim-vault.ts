import { LifeboatError } from '../../platform/errors';
import { shortInstallation } from '../../platform/input/names';
import { isReadOnly, type Vault } from '../../formats/manifests/vault';
import { wordOfWriter } from '../../formats/vault/claims/claim-keys';
import { type Claim, opposing, readClaims } from '../../formats/vault/claims/claims';
import { endClaim, replaceClaim, sayInVault } from '../../formats/vault/claims/write-claim';
import type { Installation } from '../installation';
import { refuseOverlapping } from './overlapping-claims';

/** Two claims that OSS dates no further apart than this may have been written at one moment. Milliseconds. */
const atOneMoment = 10_000;

/**
 * Claims the place of a vault for this installation, so that no other writes there. Nothing for a read-only vault: who only
 * reads claims nothing.
 * @param replace the installation that is gone and whose place this one takes
 * @throws LifeboatError `conflict` naming the installation that writes there and the remedies; `invalid` where `replace` has no
 * claim there. This installation has no claim there then
 */
export async function claimVault(
  installation: Pick<Installation, 'id' | 'openVaultStore'>,
  vault: Vault,
  replace?: string,
): Promise<void> {
  if (isReadOnly(vault)) return;
  const { id, openVaultStore } = installation;
  await refuseOverlapping(installation, vault);
  const store = openVaultStore(vault);
  const { share = false } = vault.spec;
  const before = await readClaims(store);
  const gone = replace === undefined ? undefined : goneClaim(before, replace, vault);
  const others = (claims: readonly Claim[]) => claims.filter((claim) => claim.installation !== replace);
  refuseOpposing(vault, id, others(before));
  await sayInVault(store, id, wordOfWriter(share));
  const after = await readClaims(store);
  const mine = after.find(({ installation }) => installation === id);
  const rivals = opposing(others(after), id, share);
  // Who came at the same moment sees this claim too. Both may step back, never neither.
  const isFirst = (rival: Claim) => mine && rival.since.getTime() - mine.since.getTime() > atOneMoment;
  if (!rivals.every(isFirst)) {
    await endClaim(store, id);
    refuseOpposing(vault, id, rivals);
  }
  if (gone) await replaceClaim(store, gone, id);
}

function goneClaim(claims: readonly Claim[], replace: string, { metadata }: Vault): Claim {
  const found = claims.find(({ installation }) => installation === replace);
  if (found) return found;
  throw new LifeboatError(
    'invalid',
    `vault "${metadata.name}": installation ${replace.slice(0, 40)} has no claim there`,
    {
      hint:
        claims.length > 0
          ? `these have: ${claims.map((claim) => claim.installation).join(', ')}`
          : 'leave out --replace',
    },
  );
}

/** Throws `conflict` where another installation writes to the vault, unless both share it and their names differ. */
function refuseOpposing(vault: Vault, id: string, claims: readonly Claim[]): void {
  const { name } = vault.metadata;
  const { share = false } = vault.spec;
  const [other] = opposing(claims, id, share);
  if (other)
    throw new LifeboatError('conflict', opposedText(vault, other), { hint: remedies(name, other, share) });
  refuseNamesake(vault, id, claims);
}

/** Throws `conflict` where the short id of another installation, which its names carry, is the same. */
export function refuseNamesake({ metadata }: Vault, id: string, claims: readonly Claim[]): void {
  const namesake = claims.find(
    ({ installation, word }) =>
      installation !== id && word !== 'ended' && shortInstallation(installation) === shortInstallation(id),
  );
  if (!namesake) return;
  throw new LifeboatError(
    'conflict',
    `vault "${metadata.name}": installation ${namesake.installation} shares it, and its names carry ${shortInstallation(id)} as those of this one would`,
    { hint: 'use another subdirectory' },
  );
}

/** `vault "main" is claimed by installation 0a1b… since 2026-11-22T00:00:00.000Z`. */
export function opposedText({ metadata }: Vault, { installation, since, word }: Claim): string {
  const how = word === 'shared' ? 'and shared' : 'and not shared';
  return `vault "${metadata.name}" is claimed by installation ${installation} since ${since.toISOString()}, ${how}`;
}

function remedies(name: string, { installation, word }: Claim, share: boolean): string {
  const both =
    word === 'shared'
      ? 'say --share'
      : share
        ? `say \`lifeboat vault share NAME\` in installation ${installation} first`
        : `say --share here and \`lifeboat vault share NAME\` in installation ${installation}`;
  return (
    `to restore from it, add it with --read-only; to write to it beside that installation, ${both}; ` +
    `if that installation is gone, take its place with --replace ${installation}; or give "${name}" another subdirectory`
  );
}

/** Takes the place of an installation that is gone in a vault that is registered here: ends its claim, and makes that of this one. False where there is none. */
export async function takeClaim(
  { id, openVaultStore }: Pick<Installation, 'id' | 'openVaultStore'>,
  vault: Vault,
  gone: string,
): Promise<boolean> {
  if (isReadOnly(vault) || gone === id) return false;
  const store = openVaultStore(vault);
  const claim = (await readClaims(store)).find(({ installation }) => installation === gone);
  if (!claim || claim.word === 'ended') return false;
  await sayInVault(store, id, wordOfWriter(vault.spec.share));
  await replaceClaim(store, claim, id);
  return true;
}

/** Ends this installation's claim on a vault. Nothing for a read-only one. */
export async function releaseVault(
  { id, openVaultStore }: Pick<Installation, 'id' | 'openVaultStore'>,
  vault: Vault,
): Promise<void> {
  if (!isReadOnly(vault)) await endClaim(openVaultStore(vault), id);
}
