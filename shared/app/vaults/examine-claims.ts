import { isKind, messageOf } from '../../platform/errors';
import { isReadOnly, type Vault } from '../../formats/manifests/vault';
import { type Claim, opposing, readClaims } from '../../formats/vault/claims/claims';
import type { Installation } from '../installation';
import { opposedText } from './claim-vault';
import type { VaultFinding } from './examine-vault';

/**
 * Who says that they write to a registered vault: this installation, and no other unless both share it. Nothing is said of a
 * read-only vault. One request. Never throws for what is found.
 */
export async function examineClaims(
  { id, openVaultStore }: Pick<Installation, 'id' | 'openVaultStore'>,
  vault: Vault,
): Promise<VaultFinding[]> {
  if (isReadOnly(vault)) return [];
  try {
    return findings(id, vault, await readClaims(openVaultStore(vault)));
  } catch (error) {
    return [
      {
        check: 'claims',
        level: 'warning',
        message: `who else writes to it could not be seen: ${messageOf(error)}`,
        ...(isKind(error, 'denied') && {
          hint: 'allow oss:ListObjects on metadata/lifeboat/installations/*',
        }),
      },
    ];
  }
}

function findings(id: string, vault: Vault, claims: readonly Claim[]): VaultFinding[] {
  const share = vault.spec.share === true;
  const mine = claims.find(({ installation }) => installation === id);
  const others = opposing(claims, id, share);
  const opposed = others.map((other) => contested(vault, mine, other));
  if (mine?.word === 'ended') return [replaced(vault, mine), ...opposed];
  if (opposed.length > 0) return opposed;
  return [claimed(vault, mine), ...sharers(claims, id)];
}

function contested(vault: Vault, mine: Claim | undefined, other: Claim): VaultFinding {
  const { installation, since, word } = other;
  const { name } = vault.metadata;
  const first = mine && mine.since < since ? 'this one came first' : 'it came first';
  const here = vault.spec.share ? '' : `\`lifeboat vault share ${name}\` here`;
  const there = word === 'shared' ? '' : `\`lifeboat vault share NAME\` in installation ${installation}`;
  return {
    check: 'claims',
    level: 'error',
    kind: 'conflict',
    message: `${opposedText(vault, other)}, and this one writes to it too (${first}): of two backups of one name one ends Failed`,
    hint:
      `to go on with both, run ${[here, there].filter(Boolean).join(' and ')}; ` +
      `if that installation is gone, take its place: \`lifeboat state adopt ${installation}\`; ` +
      `if this one only restores, delete the vault and add it with --read-only`,
  };
}

function replaced({ metadata }: Vault, { since }: Claim): VaultFinding {
  return {
    check: 'claims',
    level: 'error',
    kind: 'conflict',
    message: `vault "${metadata.name}": another installation has taken the place of this one since ${since.toISOString()}`,
    hint: 'stop this one, or let the other delete the vault; then delete it here and add it again',
  };
}

function claimed({ metadata, spec }: Vault, mine: Claim | undefined): VaultFinding {
  const { name } = metadata;
  if (!mine)
    return {
      check: 'claims',
      level: 'ok',
      message: 'nobody claims it yet: the next backup of this installation does',
    };
  if ((mine.word === 'shared') !== (spec.share === true))
    return {
      check: 'claims',
      level: 'warning',
      message: `what its manifest says of sharing is not what this installation says in it (${mine.word})`,
      hint: `run \`lifeboat vault share ${name}${spec.share ? '' : ' --stop'}\` again`,
    };
  const how = spec.share ? ', and shared' : '';
  return {
    check: 'claims',
    level: 'ok',
    message: `claimed by this installation since ${mine.since.toISOString()}${how}`,
  };
}

function sharers(claims: readonly Claim[], id: string): VaultFinding[] {
  return claims
    .filter(({ installation, word }) => installation !== id && word !== 'ended')
    .map(({ installation, since }) => ({
      check: 'claims',
      level: 'ok',
      message: `shared with installation ${installation} since ${since.toISOString()}`,
    }));
}
