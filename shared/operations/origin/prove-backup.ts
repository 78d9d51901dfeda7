import { isKind, isUnreadable, LifeboatError, messageOf } from '../../platform/errors';
import type { OriginVerdict } from '../../formats/manifests/origin-verdict';
import type { ObjectStore } from '../../platform/oss/port';
import { readManifestBytes } from '../../formats/vault/backup-manifest';
import { backupKeys } from '../../formats/vault/layout';
import { provenVault } from '../../formats/vault/proof/proven-vault';
import { readOnce } from '../../formats/vault/proof/read-once';
import { judgeOrigin, type TrustsKey } from './origin';
import { type OriginSources, type ProvenBackup, proveOrigin, readEvidence } from './prove-origin';

/** What a reader works with instead of the vault. */
export interface ProvedBackup {
  origin: Exclude<OriginVerdict, { verdict: 'broken' }>;
  /** Gives the bytes that were judged, or throws `corrupt`. */
  vault: ObjectStore;
  /** This installation's state committed these very bytes, so what the state has of the run of that name is of this backup. */
  isOwn: boolean;
}

export interface ProofTerms extends OriginSources {
  trusts: TrustsKey;
  /** An admin takes the backup of this name although it cannot be proved. */
  unproved?: string;
}

/**
 * The way by which every reader that a person starts opens a backup: proves its origin before anything else of it is read.
 * Costs up to six requests a backup, none an object.
 * @throws LifeboatError `not-found`; `denied` for a backup that claims to be Lifeboat's and cannot be proved, unless it is
 * named in `unproved`; `corrupt` for one that is not what was committed or signed
 */
export async function proveBackup(terms: ProofTerms, name: string): Promise<ProvedBackup> {
  const { manifest, catalogue } = backupKeys(name);
  const vault = readOnce(terms.vault, [manifest, catalogue]);
  const { origin, proofs, isOwn } = await judged({ ...terms, vault }, name);
  if (origin.verdict === 'unproved' && terms.unproved !== name) throw refused(terms.vaultName, name, origin);
  return { ...openProved(vault, name, origin, proofs), isOwn };
}

/**
 * A backup that was judged, to be read as the bytes that were judged. Of a proved backup every object is known; Velero adds side
 * files from one version to the next.
 * @throws LifeboatError `corrupt` for one that is broken
 */
export function openProved(
  vault: ObjectStore,
  name: string,
  origin: OriginVerdict,
  proofs: ProvenBackup['proofs'],
): Omit<ProvedBackup, 'isOwn'> {
  if (origin.verdict === 'broken') {
    throw new LifeboatError('corrupt', `backup "${name}" in ${vault.name}: ${origin.reason}`, {
      hint: 'somebody changed the vault: see `lifeboat backup verify`, and restore a copy of the backup',
    });
  }
  const whole = origin.verdict === 'proved' ? backupKeys(name).directory : undefined;
  return { origin, vault: provenVault(vault, proofs, whole) };
}

/** How the origin of a backup is judged; refuses nothing. What may not be read proves nothing. @throws LifeboatError `not-found`, `unavailable` */
export async function originOf(terms: ProofTerms, name: string): Promise<OriginVerdict> {
  try {
    return (await judged(terms, name)).origin;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { verdict: isKind(error, 'corrupt') ? 'broken' : 'unproved', reason: messageOf(error) };
  }
}

async function judged(
  terms: ProofTerms,
  name: string,
): Promise<{ origin: OriginVerdict; proofs: ProvenBackup['proofs']; isOwn: boolean }> {
  const evidence = readEvidence(terms, name);
  const manifest = await readManifestBytes(terms.vault, name);
  const { origin, proofs } = await proveOrigin(terms, name, manifest, evidence);
  return { origin: await judgeOrigin(origin, terms.trusts), proofs, isOwn: origin.proof === 'committed' };
}

function refused(vault: string, name: string, { reason }: { reason: string }): LifeboatError {
  return new LifeboatError(
    'denied',
    `backup "${name}" in vault "${vault}" cannot be proved to be what Lifeboat wrote: ${reason}`,
    {
      hint: `trust the key that signs such backups (\`lifeboat vault trust ${vault} --key …\`), adopt them (\`lifeboat state adopt\`), or, as an admin who knows what it holds, name it with \`--unproved ${name}\``,
    },
  );
}
