import { instant } from '../../formats/manifests/instant';
import type { FailedInvocation } from '../fc/destination-event';
import { readWorkerEvent } from '../fc/worker-event';
import { type DeliveryReport, deliverNotices } from '../../operations/notifications/deliver-notices';
import { noticeId, postNotice } from '../../formats/state/notices';
import { findRequest } from '../../formats/state/run/requests';
import { type Installation, notificationContext } from '../installation';

/**
 * Tells people of an invocation that Function Compute could not carry out, once a day for each function and condition. The
 * worker of a run is none of them: the tick starts it again, and how the run ends is told.
 */
export async function tellFailedInvocation(
  installation: Installation,
  failed: FailedInvocation,
): Promise<DeliveryReport> {
  const { state, clock } = installation;
  const { functionName, requestId } = failed;
  const condition = /^[A-Za-z]{1,64}$/.test(failed.condition) ? failed.condition : 'failure';
  if (!(await isOfRun(installation, failed))) {
    const at = instant(clock.now());
    await postNotice(state.store, {
      id: noticeId('function-failed', functionName, condition, at.slice(0, 10)),
      event: 'function-failed',
      title: `Lifeboat: function ${functionName} failed`,
      text: `an invocation of ${functionName} ended with ${condition}\nsee its log, request ${requestId.slice(0, 64)}`,
      at,
    });
  }
  return deliverNotices(notificationContext(installation), AbortSignal.timeout(60_000));
}

async function isOfRun(
  { state, settings }: Installation,
  { functionName, payload }: FailedInvocation,
): Promise<boolean> {
  const kind = (['backups', 'restores'] as const).find((each) => settings.functions[each] === functionName);
  if (!kind) return false;
  try {
    return (await findRequest(state.store, readWorkerEvent(payload, kind, 'copies', 'plans'))) !== undefined;
  } catch {
    return false;
  }
}
