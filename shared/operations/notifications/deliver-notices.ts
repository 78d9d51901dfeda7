import { messageOf } from '../../platform/errors';
import { notificationEvents, type NotificationManifest } from '../../formats/manifests/notification';
import {
  claimTry,
  type Delivery,
  findNotice,
  isDelivered,
  markDelivered,
  markSent,
  type Notice,
  type PendingNotice,
  pendingNotices,
} from '../../formats/state/notices';
import { notifications } from '../../formats/state/manifests/notifications';
import type { NotificationContext } from './notification-context';
import { sendNotice } from './send-notice';

/** After so many tries a receiver is not told any more. */
const maxTries = 5;
/** A try whose end nobody noted is made again after this. Milliseconds. */
const retryAfter = 3 * 60_000;
/** A notice without a body was never finished. */
const forgottenAfter = 10 * 60_000;
/** Group robots take twenty messages a minute. */
const maxSentTo = 10;

export interface DeliveryReport {
  sent: number;
  failed: { notification: string; reason: string }[];
  /** Notices that could not be looked at or claimed, each with the reason; receivers that refuse one are none of these. */
  stuck: string[];
}

/**
 * Delivers what was posted, to every receiver that wants it: each try is claimed first, so that two ticks at once send a
 * notice once; a receiver that does not take it is tried again by later ticks, five times. Costs one listing when there is
 * nothing to deliver. Stops early, without a word, when the signal aborts.
 */
export async function deliverNotices(
  context: NotificationContext,
  signal?: AbortSignal,
): Promise<DeliveryReport> {
  const { state, log } = context;
  const report: DeliveryReport = { sent: 0, failed: [], stuck: [] };
  const pending = await pendingNotices(state);
  if (pending.length === 0) return report;
  const { items, unreadable } = await notifications(state).list();
  for (const { name, reason } of unreadable) report.failed.push({ notification: name, reason });
  const sentTo = new Map<string, number>();
  for (const one of pending) {
    if (signal?.aborted) break;
    try {
      await deliver(one, items);
    } catch (error) {
      const reason = messageOf(error);
      report.stuck.push(reason);
      log.warn(`Notice ${one.id} could not be delivered yet`, { error: reason });
    }
  }
  return report;

  async function deliver(one: PendingNotice, receivers: NotificationManifest[]): Promise<void> {
    const notice = await findNotice(state, one.id);
    if (!notice) {
      if (one.age > forgottenAfter) await state.delete(one.keys);
      return;
    }
    if (await isDelivered(state, one.id)) return markDelivered(state, one);
    const wanting = receivers.filter(({ spec }) =>
      (spec.events ?? notificationEvents).includes(notice.event),
    );
    const done = await Promise.all(
      wanting.map((manifest) => tell(manifest, notice, one.deliveries.get(manifest.metadata.name))),
    );
    if (done.every((each) => each)) await markDelivered(state, one);
  }

  /** True when this receiver has it, or will not be told any more. */
  async function tell(
    manifest: NotificationManifest,
    notice: Notice,
    { sent, tries, lastTryAge }: Delivery = { sent: false, tries: 0, lastTryAge: Number.POSITIVE_INFINITY },
  ): Promise<boolean> {
    const { name } = manifest.metadata;
    if (sent) return true;
    if (lastTryAge < retryAfter) return false;
    if (tries >= maxTries) return true;
    const already = sentTo.get(name) ?? 0;
    if (already >= maxSentTo || !(await claimTry(state, notice.id, name, tries + 1))) return false;
    sentTo.set(name, already + 1);
    try {
      await sendNotice(context, manifest, notice);
      report.sent += 1;
      await markSent(state, notice.id, name);
      return true;
    } catch (error) {
      const reason = messageOf(error);
      report.failed.push({ notification: name, reason });
      log.warn('A notice was not taken', { name, error: reason });
      return false;
    }
  }
}
