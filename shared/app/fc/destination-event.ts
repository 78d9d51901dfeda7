import * as v from 'valibot';
import { parseJson } from '../../platform/input/parse';

/** What Function Compute sends to the destination of a failed asynchronous invocation; what it does not always send is optional. */
const schema = v.looseObject({
  requestContext: v.looseObject({
    requestId: v.optional(v.string(), ''),
    /** `acs:fc:<region>:<account>:functions/<name>`, with services in older ones; a qualifier may follow. */
    functionArn: v.optional(v.string(), ''),
    /** Why: `UnhandledInvocationError`, `FunctionTimeoutError`, … */
    condition: v.optional(v.string(), ''),
  }),
  requestPayload: v.optional(v.string(), ''),
});

/** A failed invocation. */
export interface FailedInvocation {
  functionName: string;
  condition: string;
  requestId: string;
  /** What the function was sent. */
  payload: Buffer;
}

/** Throws LifeboatError `invalid` when it is not such an event. */
export function readDestinationEvent(event: Buffer): FailedInvocation {
  const { requestContext, requestPayload } = parseJson(schema, event, 'the destination event');
  const { functionArn, condition, requestId } = requestContext;
  const [, name = 'unknown'] = /functions\/([A-Za-z0-9_-]+)/.exec(functionArn) ?? [];
  return { functionName: name, condition, requestId, payload: Buffer.from(requestPayload) };
}
