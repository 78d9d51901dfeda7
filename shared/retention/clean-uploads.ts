import { messageOf } from '../errors';
import type { Log } from '../log/log';
import { isName } from '../manifests/names';
import { findResult } from '../state/run/results';
import { type RunId, runStore } from '../state/run/run-keys';
import type { ObjectStore, PendingUpload } from '../store/port';
import { uploadsOfEndedCopies } from './copy-uploads';
import { startedUploads } from '../vault/commit/started-upload';
import { BACKUPS } from '../vault/layout';
import { abortUploads } from '../vault/commit/unfinished-uploads';

/**
 * Aborts unfinished multipart uploads that nobody needs any more: those that a run of ours wrote down as its own, once the
 * state holds the outcome of that run. Any other is left alone: another installation, or Velero, may be at work on it, and
 * what is truly lost a lifecycle rule of the bucket removes. Costs a listing, and a few requests for each upload there is.
 */
export async function cleanUploads({
  vault,
  state,
  log,
}: {
  vault: ObjectStore;
  state: ObjectStore;
  log: Log;
}): Promise<string[]> {
  let ofCopies: Promise<Set<string>> | undefined;
  const ofBackup = async (name: string, id: string): Promise<boolean> => {
    const run: RunId = { kind: 'backups', name };
    if (!isName(name) || !(await findResult(state, run))) return false;
    return (await startedUploads(runStore(state, run))).has(id);
  };
  const lost = async ({ key, id }: PendingUpload): Promise<boolean> => {
    const name = key.slice(BACKUPS.length).split('/')[0] ?? '';
    try {
      if (await ofBackup(name, id)) return true;
      ofCopies ??= uploadsOfEndedCopies(state);
      return (await ofCopies).has(id);
    } catch (error) {
      log.warn(`The unfinished upload of ${key} could not be looked at`, { name, error: messageOf(error) });
      return false;
    }
  };
  return abortUploads(
    vault,
    BACKUPS,
    lost,
    (reason) => log.warn(`${vault.name}: ${reason}`),
    ({ key }, error) =>
      log.warn(`The unfinished upload of ${key} could not be removed`, { key, error: messageOf(error) }),
  );
}
