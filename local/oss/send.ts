import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as immediate } from 'node:timers/promises';
import type { Reply } from './call';
import type { OssError } from './oss-error';

/** Sends an answer; `through` may damage its body. */
export async function send(
  response: ServerResponse,
  reply: Reply,
  through: (stream: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
): Promise<void> {
  response.statusCode = reply.status;
  setHeaders(response, reply.headers ?? {});
  const { body } = reply;
  if (body === undefined) {
    const needsLength = reply.status !== 204 && reply.status !== 304 && !response.hasHeader('Content-Length');
    if (needsLength) response.setHeader('Content-Length', 0);
    response.end();
    return;
  }
  const text = typeof body === 'string' ? Buffer.from(body) : undefined;
  const { stream, length } =
    typeof body === 'string' ? { stream: single(text!), length: text!.length } : body;
  response.setHeader('Content-Length', length);
  for await (const chunk of through(stream)) {
    if (response.destroyed) break;
    if (!response.write(chunk)) await drained(response);
  }
  if (!response.destroyed) response.end();
}

/** Resolves when more can be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

async function* single(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk;
}

/** Sends an error as XML; to HEAD, which has no body, as `x-oss-err`. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: OssError,
  requestId: string,
  host: string,
): void {
  if (response.headersSent) {
    request.socket.destroy();
    return;
  }
  const xml = Buffer.from(error.toXml(requestId, host));
  response.statusCode = error.status;
  setHeaders(response, error.headers);
  response.setHeader('x-oss-ec', error.ec);
  if (request.method === 'HEAD') {
    response.setHeader('x-oss-err', xml.toString('base64'));
    response.end();
    return;
  }
  response.setHeader('Content-Type', 'application/xml');
  response.setHeader('Content-Length', xml.length);
  response.end(xml);
}

/** Breaks the connection; what was sent of the answer arrives first. */
export async function breakConnection(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!response.headersSent) {
    request.socket.destroy();
    return;
  }
  // The first write waits for the end of the tick.
  await immediate();
  request.socket.destroySoon();
}

/** What a proxy in front of OSS says when it cannot reach it. */
export function sendHtmlError(response: ServerResponse): void {
  const page =
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<h1>502 Bad Gateway</h1>\r\n</body>\r\n</html>\r\n';
  response.statusCode = 502;
  response.setHeader('Content-Type', 'text/html');
  response.setHeader('Content-Length', page.length);
  response.end(page);
}

/** Values go out as UTF-8 bytes, which Node writes only as latin1 characters. */
function setHeaders(response: ServerResponse, headers: NonNullable<Reply['headers']>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    response.setHeader(name, Buffer.from(String(value), 'utf8').toString('latin1'));
  }
}
