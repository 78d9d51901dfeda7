import { messageOf } from '../../platform/errors';
import type { Log } from '../../platform/log/log';
import { isName } from '../../platform/input/names';
import { type RunId, runFolder, runStore } from '../../formats/state/run-keys';
import type { ObjectStore, PendingUpload } from '../../platform/oss/port';
import { type CopyUploads, uploadsOfCopies } from './copy-uploads';
import { startedUploads } from '../../formats/vault/commit/started-upload';
import { backups } from '../../formats/vault/layout';
import { abortUploads } from '../../formats/vault/commit/unfinished-uploads';

/**
 * A worker may be killed between the moment that an upload is begun and the one in which it is written down. No function lives
 * longer than a day, so after three nobody goes on with such an upload. Milliseconds.
 */
const abandonedAfter = 3 * 24 * 3_600_000;

/**
 * Aborts unfinished multipart uploads that nobody needs any more: those that a run of ours wrote down as its own, once the
 * state holds the outcome of that run; and those of three days that no run wrote down, below the directory of a backup that a
 * run of ours has ended with. Any other is left alone: another installation, or Velero, may be at work on it, and
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
  let ofCopies: Promise<CopyUploads> | undefined;
  const ofBackup = async (name: string, { id, initiated }: PendingUpload) => {
    const run: RunId = { kind: 'backups', name };
    const ended = isName(name) && (await state.head(`${runFolder(run)}result.json`));
    if (!ended) return 'other';
    if ((await startedUploads(runStore(state, run))).has(id)) return 'lost';
    return ended.date.getTime() - initiated.getTime() > abandonedAfter ? 'abandoned' : 'other';
  };
  const lost = async (upload: PendingUpload): Promise<boolean> => {
    const { key, id } = upload;
    const name = key.slice(backups.length).split('/')[0] ?? '';
    try {
      const standing = await ofBackup(name, upload);
      if (standing === 'lost') return true;
      ofCopies ??= uploadsOfCopies(state);
      const copies = await ofCopies;
      return copies.ended.has(id) || (standing === 'abandoned' && !copies.goingOn.has(id));
    } catch (error) {
      log.warn(`The unfinished upload of ${key} could not be looked at`, { name, error: messageOf(error) });
      return false;
    }
  };
  return abortUploads(
    vault,
    backups,
    lost,
    (reason) => log.warn(`${vault.name}: ${reason}`),
    ({ key }, error) =>
      log.warn(`The unfinished upload of ${key} could not be removed`, { key, error: messageOf(error) }),
  );
}
