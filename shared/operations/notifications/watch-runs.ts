import { isKind, messageOf } from '../../platform/errors';
import type { RunResult } from '../../formats/manifests/run';
import { type AlarmSubject, findAlarm, setAlarm } from '../../formats/state/alarms';
import { endedRuns, forgetEnded } from '../../formats/state/run/ended-runs';
import { postNotice } from '../../formats/state/notices';
import { findRequest } from '../../formats/state/run/requests';
import { findResult } from '../../formats/state/run/results';
import type { RunId } from '../../formats/state/run-keys';
import type { NotificationContext } from './notification-context';
import { changedSince } from './changed-since';
import { runNotice, subjectOf } from './run-notice';

/**
 * Looks at every run that ended since the last tick and posts what people should be told: each failure of a run on demand;
 * of a series (a schedule's backups of a cluster, a rule's restores into one) each change. A run that somebody cancelled is
 * nothing to tell of, nor is a plan: nothing stands or falls with it, and who asked for it looks. Answers with the subjects of which a run has just completed. Costs one listing, and some requests for each.
 */
export async function watchRuns(context: NotificationContext): Promise<AlarmSubject[]> {
  const { state, log } = context;
  const ended: { run: RunId; result: RunResult }[] = [];
  for (const run of await endedRuns(state)) {
    try {
      const result = await findResult(state, run);
      if (result) ended.push({ run, result });
      else await forgetEnded(state, run);
    } catch (error) {
      await passOver(run, error);
    }
  }
  ended.sort((a, b) => (a.result.completionTimestamp < b.result.completionTimestamp ? -1 : 1));
  const well: AlarmSubject[] = [];
  for (const { run, result } of ended) {
    try {
      const subject = await tellOf(run, result);
      if (subject && result.phase === 'Completed') well.push(subject);
      await forgetEnded(state, run);
    } catch (error) {
      await passOver(run, error);
    }
  }
  return well;

  /** What no later tick could read either is not looked at again. */
  async function passOver(run: RunId, error: unknown): Promise<void> {
    log.warn(`What became of ${run.kind}/${run.name} could not be told`, { error: messageOf(error) });
    if (!isKind(error, 'unavailable')) await forgetEnded(state, run).catch(() => {});
  }

  async function tellOf(run: RunId, result: RunResult): Promise<AlarmSubject | undefined> {
    const request = await findRequest(state, run);
    if (!request || result.cancelled || run.kind === 'plans') return undefined;
    const subject = subjectOf(request);
    const alarm = subject && (await findAlarm(state, subject));
    const at = result.completionTimestamp;
    // A slow tick must not take back what a later run made of it.
    if (alarm && Date.parse(alarm.at) > Date.parse(at)) return undefined;
    if (result.phase === 'Completed') {
      if (!alarm || alarm.phase === 'ok') return subject;
      await postNotice(state, runNotice(request, result, 'recovered'));
      await setAlarm(state, subject!, { phase: 'ok', at });
      return subject;
    }
    const phase = result.phase === 'Failed' ? 'failed' : 'partially-failed';
    // Of what is overdue people know that it fails, unless they have changed something since.
    const known = alarm?.phase === phase || alarm?.phase === 'overdue';
    if (known && !(subject && (await changedSince(state, subject, alarm)))) return subject;
    await postNotice(state, runNotice(request, result, phase));
    if (subject) await setAlarm(state, subject, { phase, at });
    return subject;
  }
}
