import { isKind, LifeboatError } from '../../platform/errors';
import type { ObjectStore } from '../../platform/oss/port';
import { committedBackup, holdsCommitted } from '../backups/committed-backup';
import { findLiveLog } from '../../formats/state/run/live-log';
import { findRequest } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import { listCommand, type RunId, runStore, runWord } from '../../formats/state/run-keys';
import { backupKeys, restoreKeys } from '../../formats/vault/layout';
import { readLog } from '../../formats/vault/side-files/read-log';
import type { Installation } from '../installation';
import { findReports } from './restore-report';

/** The vault, if the backup in it is the committed one. Throws `not-found`: a run that failed has no part in what lies there. */
async function committedPlace(installation: Installation, name: string, vault: string): Promise<ObjectStore> {
  const committed = await committedBackup(installation.state.store, name);
  const store = committed && (await installation.openVault(vault));
  if (store && (await holdsCommitted(store, committed))) return store;
  throw new LifeboatError('not-found', `backup "${name}" of this installation is not in vault "${vault}"`);
}

/**
 * The log of a run, piece by piece: the one in its vault once it has ended, else (and where the vault has none) what its worker
 * wrote last, its last thousand lines. Throws `not-found` when nobody asked for the run, or it has no log.
 */
export async function* runLog(installation: Installation, run: RunId): AsyncGenerator<Buffer, void> {
  const { store } = installation.state;
  const request = await findRequest(store, run);
  const what = `${runWord(run.kind)} "${run.name}"`;
  if (!request)
    throw new LifeboatError('not-found', `there is no ${what}`, {
      hint: `see what there is with \`${listCommand(run.kind)}\``,
    });
  const result = await findResult(store, run);
  if (result) {
    try {
      if (run.kind === 'backups') {
        yield* readLog(
          await committedPlace(installation, run.name, request.vault),
          backupKeys(run.name).logs,
        );
      } else if (run.kind === 'restores') {
        yield* readLog(await findReports(installation, request.vault, run.name), restoreKeys(run.name).logs);
      }
      // A copy and a plan leave no log in a vault.
      if (run.kind === 'backups' || run.kind === 'restores') return;
    } catch (error) {
      if (!isKind(error, 'not-found')) throw error;
    }
  }
  const live = await findLiveLog(runStore(store, run));
  if (live) {
    yield live;
    return;
  }
  throw new LifeboatError('not-found', `${what} has no log${result ? '' : ' yet'}`, {
    hint: result?.reason ?? `look again when \`lifeboat run get ${run.name}\` says that a worker is at it`,
  });
}
