import { ARCHIVE_LIMITS } from '../archive/archive-limits';
import { gunzipStream } from '../archive/gunzip-stream';
import type { ObjectStore } from '../../store/port';

/**
 * The text of a `-logs.gz`, of a backup or a restore, piece by piece.
 * @throws LifeboatError `not-found`; `corrupt` naming it when it cannot be unpacked
 */
export function readLog(vault: ObjectStore, key: string): AsyncGenerator<Buffer, void> {
  return gunzipStream(key, vault.read(key), ARCHIVE_LIMITS);
}
