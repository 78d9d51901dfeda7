import { LifeboatError } from '../../platform/errors';
import type { OriginVerdict } from '../../formats/manifests/origin-verdict';
import type { CopyRequest, RestoreRequest, RunRequest } from '../../formats/manifests/run';
import {
  originOf,
  type ProofTerms,
  proveBackup,
  type ProvedBackup,
} from '../../operations/origin/prove-backup';
import { findOperations, type SnapshotOperation } from '../../formats/state/run/operations';
import { type RunId, runStore } from '../../formats/state/run-keys';
import type { Vault } from '../../formats/manifests/vault';
import type { Installation } from '../installation';
import { publicSigningKey } from '../secrets/signing-key';

/** A backup as a person names it. */
export interface BackupToProve {
  /** Registered name. */
  vault: string;
  /** Of the vault, where the caller has read it. */
  manifest?: Vault;
  backup: string;
  /** An admin takes the backup of this name although it cannot be proved. */
  unproved?: string;
  /** Reads the request of the run that has the backup's name, where the caller needs it too. */
  request?(): Promise<RunRequest | undefined>;
}

/** The backup of a restore or a plan. */
export function backupOfRestore({
  vault,
  spec,
  unproved,
}: Pick<RestoreRequest, 'vault' | 'spec' | 'unproved'>): BackupToProve {
  return { vault, backup: spec.backupName, ...(unproved !== undefined && { unproved }) };
}

/** The backup that a copy reads. */
export function backupOfCopy({
  from,
  backup,
  unproved,
}: Pick<CopyRequest, 'from' | 'backup' | 'unproved'>): BackupToProve {
  return { vault: from, backup, ...(unproved !== undefined && { unproved }) };
}

/**
 * Opens a backup for a reader: proves its origin before anything else of it is read. Trusted are this installation's own key
 * and those of the vault.
 * @throws LifeboatError as `proveBackup`; `invalid` when `unproved` names another backup
 */
export async function provedBackup(
  installation: Installation,
  { vault, manifest, backup, unproved, request }: BackupToProve,
): Promise<ProvedBackup> {
  assertUnprovedIs(unproved, backup);
  const terms = await termsOf(installation, vault, manifest);
  return proveBackup(
    { ...terms, ...(unproved !== undefined && { unproved }), ...(request && { request }) },
    backup,
  );
}

/** Whoever takes a backup without proof names the very backup. Throws LifeboatError `invalid` where it is another. */
export function assertUnprovedIs(unproved: string | undefined, backup: string): void {
  if (unproved === undefined || unproved === backup) return;
  throw new LifeboatError(
    'invalid',
    `backup "${unproved}" is named as unproved, and "${backup}" is asked for`,
    {
      hint: 'name the same backup in both places, or leave out what names it as unproved',
    },
  );
}

/**
 * What a restore asks for the snapshots that the state has for a backup: undefined where this installation did not make the
 * backup, so that a person has to name them.
 */
export function recordedSnapshots(
  { state }: Pick<Installation, 'state'>,
  { spec }: Pick<RestoreRequest, 'spec'>,
  { isOwn }: Pick<ProvedBackup, 'isOwn'>,
): (() => Promise<SnapshotOperation[]>) | undefined {
  if (!isOwn) return undefined;
  const run: RunId = { kind: 'backups', name: spec.backupName };
  return () => findOperations(runStore(state.store, run));
}

/** How the origin of a backup is judged; refuses nothing. @throws LifeboatError `not-found`, what the stores throw */
export async function judgedBackup(
  installation: Installation,
  { vault, backup }: BackupToProve,
): Promise<OriginVerdict> {
  return originOf(await termsOf(installation, vault), backup);
}

async function termsOf(installation: Installation, vaultName: string, known?: Vault): Promise<ProofTerms> {
  const { state } = installation;
  const manifest = known ?? (await state.vaults.get(vaultName));
  const { trustedKeys = [] } = manifest.spec;
  return {
    vaultName,
    vault: installation.openVaultStore(manifest),
    state: state.store,
    trusts: async (key) => trustedKeys.includes(key) || (await publicSigningKey(installation)) === key,
  };
}
