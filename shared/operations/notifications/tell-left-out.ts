import { instant } from '../../formats/manifests/instant';
import { noticeId, postNotice } from '../../formats/state/notices';
import type { NotificationContext } from './notification-context';

/**
 * Posts that slots of a series have no backup: once for all records of the same `first`, which follow each other. Before a tick
 * remembers the record, so that no tick that dies leaves it untold. One request where it was posted before.
 * @param text since when, how many and why
 */
export async function tellLeftOut(
  { state, clock }: Pick<NotificationContext, 'state' | 'clock'>,
  { schedule, cluster, first, text }: { schedule: string; cluster: string; first: string; text: string },
): Promise<void> {
  await postNotice(state, {
    id: noticeId('left-out', schedule, cluster, first),
    event: 'left-out',
    title: `Lifeboat: schedule ${schedule} leaves slots out`,
    text: [
      `schedule ${schedule} left slots of cluster ${cluster} out ${text}`,
      `see: lifeboat schedule describe ${schedule}`,
    ].join('\n'),
    at: instant(clock.now()),
  });
}
