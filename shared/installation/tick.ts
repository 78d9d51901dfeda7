import { messageOf } from '../errors';
import { restartOpenRuns, type TickReport } from '../runs/restart-open-runs';
import type { DueReport } from '../schedule/due-report';
import { requestDueBackups } from '../schedule/request-due-backups';
import { type Installation, runContext } from './installation';

/** What a tick did; a part that could not be done at all has its reason instead. */
export interface TickOutcome {
  due: DueReport | { failed: string };
  open: TickReport | { failed: string };
}

/**
 * What is done every minute: asks for the backups that are due, then starts every open run again that nobody works on.
 * One part that fails does not keep the other from being done. Throws when neither could be.
 */
export async function tick(installation: Installation): Promise<TickOutcome> {
  const runs = runContext(installation);
  const { state, openVault, log } = installation;
  const attempt = async <T>(what: string, part: () => Promise<T>): Promise<T | { failed: string }> => {
    try {
      return await part();
    } catch (error) {
      const failed = messageOf(error);
      log.error(`${what} could not be looked at`, { error: failed });
      return { failed };
    }
  };
  const due = await attempt('The schedules', () => requestDueBackups(runs, { ...state, openVault }));
  const open = await attempt('The open runs', () => restartOpenRuns(runs));
  if ('requested' in due || 'outcomes' in open) return { due, open };
  throw new Error(`the tick could do nothing: ${due.failed}`);
}
