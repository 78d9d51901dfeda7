import { isKind, isUnreadable } from '../../platform/errors';
import { isName } from '../../platform/input/names';
import type { BackupRequest } from '../../formats/manifests/run';
import { findRequest } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import { runStore } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import { readManifestBytes } from '../../formats/vault/backup-manifest';
import { type CommitRecord, readCommit } from '../../formats/vault/commit/commit-record';
import { proofOf } from '../../formats/vault/side-files/object-proof';

/** A backup that this installation committed: its request says of which cluster it is, its commit which bytes it has. */
export interface CommittedBackup {
  request: BackupRequest;
  commit: CommitRecord;
}

/**
 * Undefined unless this installation committed a backup of this name and its run did not fail: a request alone proves
 * nothing, for anybody may ask for the name of a backup that another installation made. Up to three requests.
 */
export async function committedBackup(
  state: ObjectStore,
  name: string,
): Promise<CommittedBackup | undefined> {
  if (!isName(name)) return undefined;
  const run = { kind: 'backups', name } as const;
  const request = await findRequest(state, run);
  const commit = request?.kind === 'BackupRequest' ? await readCommit(runStore(state, run)) : undefined;
  if (request?.kind !== 'BackupRequest' || !commit) return undefined;
  return (await findResult(state, run))?.phase === 'Failed' ? undefined : { request, commit };
}

/** Whether the manifest in a vault is the committed one, by its SHA-256; false for one that cannot be read. One request. */
export async function holdsCommitted(vault: ObjectStore, { commit }: CommittedBackup): Promise<boolean> {
  try {
    return proofOf(await readManifestBytes(vault, commit.backup)).sha256 === commit.manifest.sha256;
  } catch (error) {
    if (isKind(error, 'not-found') || isUnreadable(error)) return false;
    throw error;
  }
}
