import { messageOf } from '../../platform/errors';
import type { Log } from '../../platform/log/log';
import { instant } from '../../formats/manifests/instant';
import { isName } from '../../platform/input/names';
import { markHidden, type PendingDeletion, placeDeletion } from '../../formats/state/deletions';
import { findRequest } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import { type RunId, runStore } from '../../formats/state/run-keys';
import type { ObjectStore } from '../../platform/oss/port';
import { commitKey } from '../../formats/vault/commit/commit-record';
import { isImmutable } from '../deletion/delete-backup';
import { deletions, deletionKeys } from '../../formats/vault/layout';
import type { Survey } from './survey-vault';

export interface MarkedVault {
  vault: ObjectStore;
  vaultName: string;
  state: ObjectStore;
  copied?: ReadonlySet<string>;
  audit(backup: string): Promise<void>;
  log: Log;
}

/**
 * Takes over the deletions that an earlier release began: it kept them as marks in the vault, which whoever may add objects
 * there could make. So a mark is believed only about a backup that this state committed, that is finished, and whose manifest
 * is gone from the vault: its content would lie there for ever. The 25 hours begin again. A backup whose manifest is there is
 * kept, whatever marks it has. Costs one listing; looks at the first thousand marks, so that planted ones cost no more.
 * @param pending takes what is taken over
 */
export async function takeOverMarks(
  job: MarkedVault,
  survey: Survey,
  pending: Map<string, PendingDeletion>,
): Promise<void> {
  const { vault, vaultName, state, log } = job;
  for (const name of await markedNames(vault)) {
    if (survey.manifests.has(name) || pending.has(name)) continue;
    try {
      if (!(await wasOurs(job, name))) continue;
      if (!survey.directories.has(name)) {
        await removeMarks(vault, name);
        continue;
      }
      const place = { vault: vaultName, backup: name };
      const reason = 'an earlier release began its deletion';
      const request = { by: 'retention', who: 'retention', at: instant(survey.now), reason } as const;
      if (!(await placeDeletion(state, place, request))) continue;
      await job.audit(name);
      const { since, now } = await markHidden(state, place);
      pending.set(name, { backup: name, requested: true, hiddenSince: since, seenAt: now });
    } catch (error) {
      log.warn(`The deletion of backup ${name} could not be taken over`, { name, error: messageOf(error) });
    }
  }
}

async function markedNames(vault: ObjectStore): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const page of vault.list(deletions, { pageSize: 1000 })) {
    for (const { key } of page.objects) {
      const [name = '', file] = key.slice(deletions.length).split('/');
      if (file === 'hidden.json' && isName(name)) names.add(name);
    }
    return names;
  }
  return names;
}

/** Committed by this state into this vault, and finished. */
async function wasOurs({ state, vaultName, copied }: MarkedVault, name: string): Promise<boolean> {
  const run: RunId = { kind: 'backups', name };
  if (!(await runStore(state, run).head(commitKey)) || !(await findResult(state, run))) return false;
  const request = await findRequest(state, run);
  return request?.kind === 'BackupRequest' && (request.vault === vaultName || copied?.has(name) === true);
}

async function removeMarks(vault: ObjectStore, name: string): Promise<void> {
  const { requested, hidden } = deletionKeys(name);
  await vault.delete([hidden, requested]).catch((error: unknown) => {
    if (!isImmutable(error)) throw error;
  });
}
