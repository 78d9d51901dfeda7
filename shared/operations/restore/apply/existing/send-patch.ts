import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeStatus } from '../../../../platform/kubernetes/status';
import { serializeDocument } from '../../document/document';
import type { Place } from '../../target/place';
import type { TargetCalls } from '../../target/target-calls';

/** What sends requests to the target. */
export interface Sends {
  calls: TargetCalls;
}

/** Sends a merge patch of an object, or of its status; answers with why it was refused, undefined when it was taken. */
export async function sendPatch(
  work: Sends,
  place: Place,
  patch: object,
  subresource?: 'status',
): Promise<KubeStatus | undefined> {
  const path = objectPath(place.resource, place.namespace, place.name, subresource);
  const answer = await work.calls.call('PATCH', path, serializeDocument(patch));
  return answer.accepted ? undefined : answer.status;
}
