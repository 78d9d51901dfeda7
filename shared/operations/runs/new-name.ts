import { LifeboatError } from '../../platform/errors';
import { instant } from '../../formats/manifests/instant';
import { runWord } from '../../formats/state/run-keys';
import type { Requested } from './request-run';

/**
 * Throws LifeboatError `conflict`, with the time of the earlier request, unless this call made the run: a script with a fixed
 * name would otherwise take the run of its first day for a new one.
 * @param remedy what the caller can do instead of choosing another name
 */
export function assertNewName({ run, created, askedAt }: Requested, remedy: string): void {
  if (created) return;
  const at = askedAt === undefined ? '' : `, at ${instant(askedAt)}`;
  throw new LifeboatError('conflict', `${runWord(run.kind)} "${run.name}" was asked for already${at}`, {
    hint: `choose another name: a name is never used twice; ${remedy}`,
  });
}
