import type { Finished } from './async-queue';
import type { HostPlace } from './hosted-function';

/** What FC sends to the destination of an asynchronous invocation that failed for good. */
export function destinationEvent(
  { functionName, requestId, event, outcome }: Finished,
  { accountId, region }: HostPlace,
  now: Date,
): Buffer {
  const error = outcome.error ?? { errorType: '', errorMessage: '' };
  return Buffer.from(
    JSON.stringify({
      timestamp: now.getTime(),
      requestContext: {
        requestId,
        functionArn: `acs:fc:${region}:${accountId}:functions/${functionName}/LATEST`,
        condition: 'UnhandledInvocationError',
        approximateInvokeCount: 1,
      },
      requestPayload: event.toString(),
      responseContext: { statusCode: 200, functionError: error.errorType },
      responsePayload: JSON.stringify(error),
    }),
  );
}
