import { isKind } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';
import { archiveLimits } from '../untrusted/archive-limits';
import { gunzipStream } from '../untrusted/gunzip-stream';
import { absentFile } from './absent-file';

/**
 * The text of a `-logs.gz`, of a backup or a restore, piece by piece.
 * @throws LifeboatError `not-found` when there is no log; `corrupt` naming it when it cannot be unpacked
 */
export async function* readLog(vault: ObjectStore, key: string): AsyncGenerator<Buffer, void> {
  try {
    yield* gunzipStream(key, vault.read(key), archiveLimits);
  } catch (error) {
    throw isKind(error, 'not-found') ? absentFile(vault, key, 'log', error) : error;
  }
}
