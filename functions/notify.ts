import { readDestinationEvent } from '../shared/app/fc/destination-event';
import { installationOfFunction } from '../shared/app/from-function';
import { tellFailedInvocation } from '../shared/app/ticks/tell-failed-invocation';

/** Destination of the asynchronous invocations that fail: tells people of them. */
export async function handler(event: Buffer, context: unknown) {
  return tellFailedInvocation(await installationOfFunction(context), readDestinationEvent(event));
}
