import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { FieldOwnership } from '../../transform/field-owners';
import { dropAddress } from '../../transform/service';
import type { Place } from '../../target/place';
import type { Sends } from '../existing/send-patch';
import { type SentCreate, sendCreate } from './send-create';

/**
 * Sends a create. A Service whose chosen clusterIP is taken, or outside the range of this cluster, is sent once more without
 * it. Changes `wanted`.
 * @returns as `sendCreate`, and in `note` that the Service got another address
 */
export async function createKeepingAddress(
  work: Sends,
  place: Place,
  wanted: KubeObject,
  ownership: FieldOwnership,
): Promise<SentCreate & { note?: string }> {
  const sent = await sendCreate(work, place, wanted, ownership);
  const { answer } = sent;
  if (place.groupResource !== 'services' || answer.accepted || answer.status.code !== 422) return sent;
  if (!/spec\.clusterIPs?\b/.test(answer.status.message)) return sent;
  const address = dropAddress(wanted);
  if (address === undefined) return sent;
  const note = `its clusterIP ${address} is taken or outside the range of this cluster, so it got another`;
  return { ...(await sendCreate(work, place, wanted, ownership)), note };
}
