import { readDestinationEvent } from '../shared/fc/destination-event';
import { installationOfFunction } from '../shared/installation/from-function';
import { tellFailedInvocation } from '../shared/installation/ticks/tell-failed-invocation';

/** Destination of the asynchronous invocations that fail: tells people of them. */
export async function handler(event: Buffer, context: unknown) {
  return tellFailedInvocation(await installationOfFunction(context), readDestinationEvent(event));
}
