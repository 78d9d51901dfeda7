import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../shared/platform/clock';
import type { AsyncQueue } from './async-queue';
import type { FunctionPool } from './function-pool';
import type { HostCredentials, HostPlace } from './hosted-function';
import { mayInvoke } from './may-invoke';
import { readBody } from './read-body';
import { accessKeyOf, type Refusal, refusalOf } from './signature';

export interface EndpointOptions {
  pools: ReadonlyMap<string, FunctionPool>;
  queue: AsyncQueue;
  /** Read at every call. */
  keys(): readonly HostCredentials[];
  place: HostPlace;
  clock: Clock;
  /** Refuses a signed call as a busy or broken service does: status 429 or 5xx. */
  refuse?(functionName: string): Refusal | undefined;
}

const syncLimit = 32 * 1024 * 1024;
const asyncLimit = 128 * 1024;
const path = /^\/2023-03-30\/functions\/([A-Za-z_][A-Za-z0-9_-]{0,127})\/invocations$/;
const taskIdRule = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;

/** InvokeFunction of API 2023-03-30, as @alicloud/fc2 calls it. */
export function invocationEndpoint(options: EndpointOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const refuse = ({ status, code, message }: Refusal) =>
      send(response, status, requestId, JSON.stringify({ ErrorCode: code, ErrorMessage: message }), {
        'content-type': 'application/json',
      });
    const body = await readBody(request, syncLimit);
    if (!body) return refuse({ status: 413, code: 'EntityTooLarge', message: 'the payload is too large' });
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { headers, method = 'GET' } = request;
    const refusal =
      refusalOf(method, url.pathname, headers, options.keys(), options.clock.now()) ?? damaged(body, headers);
    if (refusal) return refuse(refusal);
    const name = path.exec(url.pathname)?.[1];
    if (method !== 'POST' || !name)
      return refuse({ status: 404, code: 'ResourceNotFound', message: 'no such call' });
    if (!mayInvoke(accessKeyOf(headers, options.keys())!, name, options.place))
      return refuse({
        status: 403,
        code: 'AccessDenied',
        message: `fc:InvokeFunction on ${name} is not allowed`,
      });
    const pool = options.pools.get(name);
    if (!pool)
      return refuse({ status: 404, code: 'FunctionNotFound', message: `function ${name} does not exist` });

    const busy = options.refuse?.(name);
    if (busy) return refuse(busy);
    if (headers['x-fc-invocation-type'] !== 'Async') {
      const { body: answer, error } = await pool.invoke(body, requestId);
      if (!error) return send(response, 200, requestId, answer);
      return send(response, 200, requestId, JSON.stringify(error), { 'x-fc-error-type': error.errorType });
    }
    if (body.length > asyncLimit) {
      return refuse({ status: 413, code: 'EntityTooLarge', message: 'an asynchronous payload takes 128 KB' });
    }
    const taskId = headers['x-fc-async-task-id'] as string | undefined;
    if (taskId !== undefined && !taskIdRule.test(taskId)) {
      return refuse({ status: 400, code: 'InvalidArgument', message: 'the task id is not one' });
    }
    const sent = options.queue.send(pool, body, taskId);
    if (!sent) {
      return refuse({
        status: 409,
        code: 'AsyncTaskAlreadyExists',
        message: `task ${taskId} exists already`,
      });
    }
    return send(response, 202, sent.requestId, '', { 'x-fc-async-task-id': taskId ?? sent.requestId });
  };
}

/** fc2 sends the hexadecimal MD5 in base64. */
function damaged(body: Buffer, headers: IncomingMessage['headers']): Refusal | undefined {
  const given = headers['content-md5'];
  if (given === undefined) return undefined;
  const hex = createHash('md5').update(body).digest('hex');
  if (Buffer.from(String(given), 'base64').toString() === hex) return undefined;
  return { status: 400, code: 'ChecksumNotMatch', message: 'Content-MD5 does not match the payload' };
}

function send(
  response: ServerResponse,
  status: number,
  requestId: string,
  body: Buffer | string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'x-fc-request-id': requestId, ...headers });
  response.end(body);
}
