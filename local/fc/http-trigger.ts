import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../shared/platform/clock';
import type { FunctionPool } from './function-pool';
import type { HostPlace } from './hosted-function';
import { readBody } from './read-body';

export interface HttpTriggerOptions {
  pool: FunctionPool;
  place: HostPlace;
  clock: Clock;
}

const bodyLimit = 32 * 1024 * 1024;

/** Content types whose bodies FC hands over as text. */
const texts = /^(text\/|application\/(json|ld\+json|xhtml\+xml|xml|atom\+xml|javascript)(?![\w+.-]))/;

interface Answer {
  statusCode?: number;
  headers?: Record<string, string>;
  isBase64Encoded?: boolean;
  body?: string;
}

/**
 * An HTTP trigger of FC 3.0 with `authType: anonymous`: every request becomes one synchronous invocation with the v1 envelope,
 * and the function looks who calls.
 */
export function httpTrigger({ pool, place, clock }: HttpTriggerOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, bodyLimit);
    if (!body) return fail(response, 413, 'the body is too large');
    const requestId = randomUUID();
    const event = Buffer.from(JSON.stringify(envelope(request, body, requestId, place, clock.now())));
    const outcome = await pool.invoke(event, requestId);
    if (outcome.error) {
      response.setHeader('x-fc-error-type', outcome.error.errorType);
      return fail(response, 502, 'the function failed');
    }
    const answer = answerOf(outcome.body);
    response.writeHead(answer.statusCode ?? 200, { ...answer.headers, 'x-fc-request-id': requestId });
    response.end(Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8'));
  };
}

function envelope(request: IncomingMessage, body: Buffer, requestId: string, place: HostPlace, now: Date) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const isText = texts.test(request.headers['content-type'] ?? '');
  const queryParameters: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    queryParameters[name] = name in queryParameters ? `${queryParameters[name]},${value}` : value;
  }
  return {
    version: 'v1',
    rawPath: url.pathname,
    body: body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText && body.length > 0,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [canonical(name), String(value)]),
    ),
    queryParameters,
    requestContext: {
      accountId: place.accountId,
      domainName: `local.${place.region}.fcapp.run`,
      domainPrefix: 'local',
      http: {
        method: request.method,
        path: decode(url.pathname),
        protocol: 'HTTP/1.1',
        sourceIp: request.socket.remoteAddress,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      time: now.toISOString(),
      timeEpoch: String(now.getTime()),
    },
  };
}

/** FC hands headers over as `Content-Type`. */
function canonical(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What is no envelope goes out as it is, as FC does. */
function answerOf(body: Buffer): Answer {
  try {
    const answer = JSON.parse(body.toString()) as Answer;
    if (typeof answer.statusCode === 'number') return answer;
  } catch {
    // Not JSON.
  }
  return { statusCode: 200, body: body.toString() };
}

function fail(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ status, detail }));
}
