import { instant } from '../../formats/manifests/instant';
import { noticeId, postNotice } from '../../formats/state/notices';
import type { NotificationContext } from './notification-context';

/** A backup of a schedule, or a restore of a replication rule, that cannot be asked for: another request has its name. */
export type Taken =
  | { schedule: string; cluster: string; slot: string; backup: string }
  | { replication: string; target: string; backup: string };

/** Posts once for each name, however often it is reported. */
export async function watchTaken(
  { state, clock }: NotificationContext,
  taken: readonly Taken[],
): Promise<void> {
  for (const each of taken) {
    const { about, lost, see } = 'schedule' in each ? ofSchedule(each) : ofReplication(each);
    await postNotice(state, {
      id: noticeId('taken', about, lost),
      event: 'failed',
      title: `Lifeboat: ${about} failed`,
      text: `${lost}\nsee: ${see}`,
      at: instant(clock.now()),
    });
  }
}

function ofSchedule({ schedule, cluster, slot, backup }: Extract<Taken, { schedule: string }>) {
  return {
    about: `schedule ${schedule}`,
    lost: `its slot of ${slot} for cluster ${cluster} is not backed up: another request has the name ${backup}`,
    see: `lifeboat run get backup/${backup}`,
  };
}

function ofReplication({ replication, target, backup }: Extract<Taken, { replication: string }>) {
  return {
    about: `replication ${replication}`,
    lost: `backup ${backup} is not restored into cluster ${target}: another request has the name of its restore`,
    see: `lifeboat replication describe ${replication}`,
  };
}
