import { type DeliveryReport, deliverNotices } from '../../operations/notifications/deliver-notices';
import { watchOverdue } from '../../operations/notifications/watch-overdue';
import { watchTaken } from '../../operations/notifications/watch-taken';
import { watchRuns } from '../../operations/notifications/watch-runs';
import { restartOpenRuns, type TickReport } from '../../operations/runs/restart-open-runs';
import { Turns } from '../../operations/runs/turns';
import type { DueReport } from '../../operations/schedule/due-report';
import { requestDueBackups } from '../../operations/schedule/request-due-backups';
import { beat } from '../../formats/state/run/heartbeat';
import { attempt } from '../attempt';
import { callDeadMan } from './dead-man';
import { type Installation, notificationContext, runContext } from '../installation';

/** What a tick did; a part that could not be done at all has its reason instead. */
export interface TickOutcome {
  due: DueReport | { failed: string };
  open: TickReport | { failed: string };
  told: DeliveryReport | { failed: string };
}

/** Telling people may not keep a tick from its end. */
const tellWithin = 60_000;

/**
 * What is done every minute: asks for the backups that are due, then starts every open run again that nobody works on, then
 * tells people what changed, and ends with a heartbeat. One part that fails does not keep the others from being done. Throws
 * when neither of the first two could be. A tick that could not do its work gives no heartbeat: whoever waits for one is told by
 * its absence, where telling may be what fails.
 */
export async function tick(installation: Installation): Promise<TickOutcome> {
  const runs = { ...runContext(installation), turns: new Turns() };
  const { state, openVault, log, clock } = installation;
  const due = await attempt(log, 'The schedules', () => requestDueBackups(runs, { ...state, openVault }));
  const open = await attempt(log, 'The open runs', () => restartOpenRuns(runs));
  if (!('requested' in due) && !('outcomes' in open)) {
    throw new Error(`the tick could do nothing: ${due.failed}`);
  }
  const told = await attempt(log, 'The notifications', () => tell(installation, due));
  const outcome = { due, open, told };
  const undone = undoneBy(outcome);
  if (undone.length > 0) {
    log.error('The tick could not do its work and gives no heartbeat', { error: undone.join('; ') });
    return outcome;
  }
  await attempt(log, 'The heartbeat', async () => {
    await beat(state.store, clock, summaryOf(outcome));
    await callDeadMan(installation);
  });
  return outcome;
}

/**
 * What a tick is there for and could not do, one line each. What one schedule or one receiver has wrong is reported on its own,
 * and is no such thing.
 */
function undoneBy({ due, open, told }: TickOutcome): string[] {
  const unasked = 'requested' in due ? due.failed.filter((each) => each.unasked) : [];
  return [
    ...('requested' in due
      ? unasked.map(({ schedule, reason }) => `schedule ${schedule}: ${reason}`)
      : [due.failed]),
    ...('outcomes' in open ? open.failed.map(({ name, reason }) => `run ${name}: ${reason}`) : [open.failed]),
    ...('sent' in told ? told.stuck : [told.failed]),
  ].slice(0, 5);
}

async function tell(installation: Installation, due: TickOutcome['due']): Promise<DeliveryReport> {
  const context = notificationContext(installation);
  const well = await watchRuns(context);
  if ('overdue' in due) {
    await watchOverdue(context, due.overdue, well);
    await watchTaken(context, due.taken);
  }
  return deliverNotices(context, AbortSignal.timeout(tellWithin));
}

function summaryOf({ due, open, told }: TickOutcome): Record<string, number> {
  const count = (part: object) => ('failed' in part && Array.isArray(part.failed) ? part.failed.length : 1);
  return {
    requested: 'requested' in due ? due.requested.length : 0,
    overdue: 'overdue' in due ? due.overdue.length : 0,
    started: 'outcomes' in open ? open.outcomes.sent : 0,
    failed: count(due) + count(open) + count(told),
  };
}
