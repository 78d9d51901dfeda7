import { LifeboatError } from '../errors';
import { parseBackupRequest, parseRestoreRequest } from '../manifests/request';
import type { BackupRequest, RestoreRequest } from '../manifests/run';
import { type Requested, requestRun } from '../runs/request-run';
import { findRequest, runOf } from '../state/requests';
import { backupKeys } from '../vault/layout';
import { type Installation, runContext } from './installation';

/**
 * Asks for a backup: checks the request, its vault and its cluster, writes the intent and starts the worker.
 * Throws `invalid` naming the field, `not-found` naming the vault or cluster, `conflict` when the name is taken.
 */
export async function requestBackup(installation: Installation, value: unknown): Promise<Requested> {
  const request = parseBackupRequest(value);
  await assertPlaces(installation, request);
  return requestRun(runContext(installation), request);
}

/** Asks for a restore; throws `not-found` also for a backup that the vault does not hold. */
export async function requestRestore(installation: Installation, value: unknown): Promise<Requested> {
  const request = parseRestoreRequest(value);
  await assertPlaces(installation, request);
  // A second request for the same is answered even after the backup has expired.
  if (!(await findRequest(installation.state.store, runOf(request))))
    await assertBackup(installation, request);
  return requestRun(runContext(installation), request);
}

async function assertPlaces(
  installation: Installation,
  request: BackupRequest | RestoreRequest,
): Promise<void> {
  await installation.state.vaults.get(request.vault);
  await installation.state.clusters.get(request.cluster);
}

async function assertBackup(installation: Installation, request: RestoreRequest): Promise<void> {
  const { backupName } = request.spec;
  const vault = await installation.openVault(request.vault);
  if (await vault.head(backupKeys(backupName).manifest)) return;
  throw new LifeboatError('not-found', `there is no backup "${backupName}" in vault "${request.vault}"`, {
    hint: `see what there is with \`lifeboat backup get --vault ${request.vault}\``,
  });
}
