import { LifeboatError } from '../../../platform/errors';

const hint =
  'nothing was changed; restore from another backup, or fetch the archive again from a replica of the bucket';

/** The error for an archive that is damaged or hostile, naming the entry where there is one. */
export function corruptArchive(archive: string, problem: string, entry?: string): LifeboatError {
  const where = entry === undefined ? '' : ` entry ${quoted(entry)}`;
  return new LifeboatError('corrupt', `${archive}:${where} ${problem}`, { hint });
}

/** A name from a hostile archive on one line of bounded length. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 300 ? `${name.slice(0, 300)}…` : name);
}
