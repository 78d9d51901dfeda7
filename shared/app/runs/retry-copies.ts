import { isKind, messageOf } from '../../platform/errors';
import { askedAgainAfter } from '../../operations/runs/asked-again';
import { requestRun } from '../../operations/runs/request-run';
import { forgetUncopied, listUncopied, type Uncopied } from '../../formats/state/copies';
import { backupKeys } from '../../formats/vault/layout';
import { type Installation, runContext } from '../installation';
import { lastTry, requestOf } from './request-copy';

/** What became of the copies that schedules want and that are not there yet. */
export interface RetriedCopies {
  /** Names of the runs that were asked for. */
  requested: string[];
  /** Those that are not needed any more, each with the reason. */
  dropped: { name: string; reason: string }[];
  failed: { name: string; reason: string }[];
}

/** Asks again for the copies of schedules that failed, until they are there. Costs one listing where none is missing. */
export async function retryCopies(installation: Installation): Promise<RetriedCopies> {
  const { state, log } = installation;
  const report: RetriedCopies = { requested: [], dropped: [], failed: [] };
  for (const missing of await listUncopied(state.store)) {
    const name = `${missing.vault}/${missing.backup}`;
    try {
      const reason = await retry(installation, missing, report);
      if (reason === undefined) continue;
      await forgetUncopied(state.store, missing);
      if (reason === 'copied') continue;
      log.warn(`Backup ${missing.backup} is not copied to vault ${missing.vault}: ${reason}`, { name });
      report.dropped.push({ name, reason });
    } catch (error) {
      log.error(`The copy of ${missing.backup} to ${missing.vault} could not be asked for again`, {
        name,
        error: messageOf(error),
      });
      report.failed.push({ name, reason: messageOf(error) });
    }
  }
  return report;
}

/** Why a copy is not wanted any more; undefined while it is. */
async function retry(
  installation: Installation,
  { vault: to, backup, from, schedule }: Uncopied,
  report: RetriedCopies,
): Promise<string | undefined> {
  const copy = { backup, from, to, schedule };
  const { n, request, result } = await lastTry(installation, copy);
  if (result?.phase === 'Completed') return 'copied';
  if (result?.cancelled) return 'somebody cancelled it';
  if (request && !result) return undefined;
  if (
    result &&
    installation.clock.now().getTime() < Date.parse(result.completionTimestamp) + askedAgainAfter(n)
  )
    return undefined;
  if (!(await installation.state.vaults.find(to))) return `there is no vault "${to}" any more`;
  try {
    const source = await installation.openVault(from);
    if (!(await source.head(backupKeys(backup).manifest))) return 'it is in its own vault no more';
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    return `there is no vault "${from}" any more`;
  }
  const { run } = await requestRun(runContext(installation), requestOf(copy, n + 1));
  report.requested.push(run.name);
  return undefined;
}
