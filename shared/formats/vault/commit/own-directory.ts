import { LifeboatError } from '../../../platform/errors';
import type { CommittedRun } from './replay-commit';
import { isCommitted } from './replay-commit';
import { backupKeys } from '../layout';

/**
 * A worker starts only if `backups/<name>/` is empty or its own: before the commit a run leaves nothing there but an
 * unfinished upload, so whatever is there without a commit is somebody else's.
 * @throws LifeboatError `conflict`
 */
export async function assertOwnDirectory({
  vault,
  run,
  name,
}: Pick<CommittedRun, 'vault' | 'run' | 'name'>): Promise<void> {
  const { directory } = backupKeys(name);
  for await (const page of vault.list(directory, { pageSize: 1 })) {
    if (page.objects.length === 0) continue;
    if (await isCommitted(run)) return;
    throw new LifeboatError('conflict', `${vault.name}${directory} already holds a backup`, {
      hint: 'choose another name; a name once used is never reused',
    });
  }
}
