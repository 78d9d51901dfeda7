import { LifeboatError } from '../platform/errors';
import { instant } from '../formats/manifests/instant';
import type { ChannelType, NotificationManifest } from '../formats/manifests/notification';
import { assertName } from '../platform/input/names';
import type { Target } from '../operations/notifications/channel';
import { sendNotice } from '../operations/notifications/send-notice';
import { checkTarget, sealTarget } from '../operations/notifications/target';
import { noticeId } from '../formats/state/notices';
import { type Installation, notificationContext } from './installation';
import { assertExists } from './assert-exists';
import { keepSecret } from './secrets/keep-secret';
import { record } from './record';

export interface NotificationToAdd {
  name: string;
  type: ChannelType;
  target: Target;
  /** Default: all. */
  events?: string[];
}

/**
 * Registers where people are told: the URL and the secret are sealed before they are written anywhere. Throws `invalid` saying
 * what is wrong and nothing of the target, or `conflict` when the name is taken.
 */
export async function addNotification(
  installation: Installation,
  { name, type, target, events }: NotificationToAdd,
): Promise<NotificationManifest> {
  assertName('notification', name);
  const { id, settings, state, random } = installation;
  // Before a copy for the recovery key is kept.
  if (await state.notifications.find(name)) {
    throw new LifeboatError('conflict', `notification "${name}" exists already`, {
      hint: `choose another name, or take that one away with \`lifeboat notification delete ${name}\``,
    });
  }
  const host = checkTarget(`notification "${name}"`, type, target, settings.local);
  const sealedTarget = sealTarget(
    target,
    { installation: id, name, type, host },
    requireNotificationKey(installation),
    random,
  );
  const key = `notifications/${name}.json`;
  const secret = { key, path: 'spec.sealedTarget', sealed: sealedTarget, text: JSON.stringify(target) };
  await keepSecret(installation, secret);
  const added = await state.notifications.create({
    kind: 'Notification',
    metadata: { name },
    spec: { type, host, sealedTarget, ...(events && { events }) },
  });
  await record(installation, { action: 'create', what: 'notification', name });
  return added;
}

/** Sends a notice that says it is a test. Throws when it was not taken, with what the receiver said. */
export async function testNotification(installation: Installation, name: string): Promise<void> {
  const { state, clock, random, id } = installation;
  await sendNotice(notificationContext(installation), await state.notifications.get(name), {
    id: noticeId('test', random.bytes(16).toString('hex')),
    event: 'recovered',
    title: 'Lifeboat: a test',
    text: `installation ${id} tells of failures here, as notification ${name}`,
    at: instant(clock.now()),
  });
}

/** Throws `not-found` when there is none. */
export async function deleteNotification(installation: Installation, name: string): Promise<void> {
  await assertExists(installation.state.notifications, name);
  await installation.state.notifications.remove(name);
  await record(installation, { action: 'delete', what: 'notification', name });
}

function requireNotificationKey({ settings }: Installation): string {
  if (settings.notificationKey) return settings.notificationKey;
  throw new LifeboatError('invalid', 'LIFEBOAT_NOTIFICATION_KEY is not set', {
    hint: 'set it to the key that the functions have (32 bytes in base64): their targets are sealed under it',
  });
}
