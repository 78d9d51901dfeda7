import { readTimerEvent } from '../shared/fc/timer-event';
import { installationOfFunction } from '../shared/installation/from-function';
import { runContext } from '../shared/installation/installation';
import { restartOpenRuns } from '../shared/runs/restart-open-runs';
import { requestDueBackups } from '../shared/schedule/request-due-backups';

/** Every minute: asks for the backups that are due, then starts every open run again that nobody works on. */
export async function handler(event: Buffer, context: unknown) {
  readTimerEvent(event);
  const installation = await installationOfFunction(context);
  const runs = runContext(installation);
  const due = await requestDueBackups(runs, installation.state);
  const open = await restartOpenRuns(runs);
  return { due, open };
}
