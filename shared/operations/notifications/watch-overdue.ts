import { type AlarmSubject, findAlarm, setAlarm } from '../../formats/state/alarms';
import { noticeId, postNotice } from '../../formats/state/notices';
import type { NotificationContext } from './notification-context';

/**
 * A series that has no good backup for a slot whose time is over; `good` is the slot of the last one, `startAt` the moment at
 * which the schedule was made. RFC 3339.
 */
export interface Overdue {
  schedule: string;
  cluster: string;
  slot: string;
  good?: string;
  startAt?: string;
}

/**
 * Posts once that a series is overdue, however often it is reported, until it has recovered.
 * @param well subjects of which a run has just completed: what was reported of them is of a moment before
 */
export async function watchOverdue(
  { state, clock }: NotificationContext,
  overdue: readonly Overdue[],
  well: readonly AlarmSubject[],
): Promise<void> {
  for (const { schedule, cluster, slot, good, startAt } of overdue) {
    const subject = { of: 'schedules', name: schedule, cluster } as const;
    if (well.some((each) => each.of === 'schedules' && each.name === schedule && each.cluster === cluster))
      continue;
    const alarm = await findAlarm(state, subject);
    // An earlier schedule of that name may have been overdue before this one was made.
    const ofAnother = alarm && startAt !== undefined && Date.parse(alarm.at) < Date.parse(startAt);
    if (alarm?.phase === 'overdue' && !ofAnother) continue;
    await postNotice(state, {
      id: noticeId('overdue', schedule, cluster, good ?? `never since ${startAt ?? 'the start'}`),
      event: 'overdue',
      title: `Lifeboat: schedule ${schedule} is overdue`,
      text: [
        `schedule ${schedule} has no good backup of cluster ${cluster} for its slot of ${slot}`,
        good === undefined ? 'it never had one' : `the last one is of ${good}`,
        `see: lifeboat schedule describe ${schedule}`,
      ].join('\n'),
      at: `${clock.now().toISOString().slice(0, 19)}Z`,
    });
    // Of the slot, so that whatever completes from now on counts as later.
    await setAlarm(state, subject, { phase: 'overdue', at: slot });
  }
}
