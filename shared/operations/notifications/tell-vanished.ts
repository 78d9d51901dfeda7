import { instant } from '../../formats/manifests/instant';
import { noticeId, postNotice } from '../../formats/state/notices';
import type { NotificationContext } from './notification-context';

/** So many names are in a message. */
const named = 10;

/**
 * Posts that backups are no longer in a vault though nothing let them go: one notice, however many they are. The same backups
 * have the same notice.
 * @param allGone none of the vault's backups is there
 */
export async function tellVanished(
  { state, clock, log }: Pick<NotificationContext, 'state' | 'clock' | 'log'>,
  vault: string,
  { names, inPart, allGone }: { names: string[]; inPart: string[]; allGone: boolean },
): Promise<void> {
  const count = names.length === 1 ? '1 backup' : `${names.length} backups`;
  const more = names.length > named ? ` and ${names.length - named} more` : '';
  const title = `Lifeboat: ${count} vanished from vault ${vault}`;
  const lines = [
    `${count} of this installation can no longer be found in vault ${vault}, and no rule and no person here deleted them: ${names.slice(0, named).join(', ')}${more}`,
    ...(inPart.length > 0
      ? [`of ${inPart.length} of them velero-backup.json is gone and other objects are there`]
      : []),
    ...(allGone
      ? ['none of the backups that were there is left: the vault seems to be empty, or another place']
      : []),
    "look for a lifecycle rule of the bucket, at the bucket's access log, and at who may delete in it",
    `see: lifeboat vault describe ${vault}`,
  ];
  log.error(title, { name: vault, backups: names.slice(0, named).join(', ') });
  await postNotice(state, {
    id: noticeId('vanished', vault, ...names),
    event: 'vanished',
    title,
    text: lines.join('\n'),
    at: instant(clock.now()),
  });
}
