import { LifeboatError } from '../../platform/errors';
import type { NotificationManifest } from '../../formats/manifests/notification';
import type { Notice } from '../../formats/state/notices';
import { channels } from './channels';
import { guardedCall } from './guarded-call';
import type { NotificationContext } from './notification-context';
import { openTarget } from './target';

/** Sends one notice to one receiver. Throws LifeboatError when it was not taken, saying why, and nothing of the target but its host. */
export async function sendNotice(
  { installation, key, local, clock }: NotificationContext,
  manifest: NotificationManifest,
  notice: Notice,
): Promise<void> {
  const what = `notification "${manifest.metadata.name}"`;
  if (key === undefined) {
    throw new LifeboatError('invalid', `${what}: LIFEBOAT_NOTIFICATION_KEY is not set`, {
      hint: 'set it to the key under which the targets were sealed (32 bytes in base64)',
    });
  }
  const channel = channels[manifest.spec.type];
  const { url, headers, body } = channel.call(notice, openTarget(installation, manifest, key), clock.now());
  const answer = await guardedCall({ what, url, method: 'POST', headers, body, local });
  const refusal = channel.refusal(answer.status, answer.body);
  if (refusal !== undefined)
    throw new LifeboatError('denied', `${what}: ${manifest.spec.host} answered ${refusal}`);
}
