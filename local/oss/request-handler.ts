import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../shared/platform/clock';
import { type Address, parseAddress } from './address';
import { authenticate } from './authentication';
import type { Call, Handler, Reply } from './call';
import type { OssCredentials } from './credentials';
import { ConnectionBreak, damaged, ProxyFailure } from './damaged-body';
import { failAfterCommit, failBeforeCommit } from './injected-failures';
import type { Events, ObjectEvent } from './events';
import type { Fault, FaultPlan } from './faults';
import { OssError } from './oss-error';
import { authorise, type Denial } from './policy/authorise';
import { type NeededRight, neededRights } from './policy/needed-rights';
import { findRoute } from './routes';
import { breakConnection, send, sendError, sendHtmlError } from './send';
import type { Storage } from './storage/storage';

export interface HandlerOptions {
  storage: Storage;
  clock: Clock;
  events: Events;
  faults: FaultPlan;
  requests: Record<string, number>;
  denials: Denial[];
  region: string;
  credentials: readonly OssCredentials[];
  allowV1: boolean;
  domains: Readonly<Record<string, string>>;
  elsewhere: Readonly<Record<string, string>>;
  closing: AbortSignal;
}

/** Takes a request from its bytes to its answer: address, route, fault, signature, handler. */
export class RequestHandler {
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly options: HandlerOptions) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const done = this.#handle(request, response);
    this.#running.add(done);
    try {
      await done;
    } finally {
      this.#running.delete(done);
    }
  }

  /** Resolves when nothing is written to the storage any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomBytes(12).toString('hex').toUpperCase();
    const now = this.options.clock.now();
    response.setHeader('Server', 'AliyunOSS');
    response.setHeader('Date', now.toUTCString());
    response.setHeader('x-oss-request-id', requestId);
    response.setHeader('x-oss-server-time', '1');
    const host = request.headers.host ?? '';
    // A client that goes away is no concern of the process.
    response.on('error', () => {});
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.options.closing]);
    try {
      const address = parseAddress(host, request.url ?? '/', this.options.domains);
      refuseElsewhere(address, this.options.elsewhere);
      const headers = utf8Headers(request);
      const query = new Map(address.query);
      const level =
        address.bucket === undefined ? 'service' : address.key === undefined ? 'bucket' : 'object';
      const { operation, handler } = findRoute(request.method!, level, query, headers);
      this.options.requests[operation] = (this.options.requests[operation] ?? 0) + 1;
      const fault = this.options.faults.take({ operation, bucket: address.bucket, key: address.key });
      await this.#answer(request, response, {
        address,
        headers,
        query,
        operation,
        handler,
        fault,
        requestId,
        signal,
      });
    } catch (error) {
      if (error instanceof OssError) sendError(request, response, error, requestId, host);
      else if (error instanceof ProxyFailure) sendHtmlError(response);
      else if (error instanceof ConnectionBreak) await breakConnection(request, response);
      else if (signal.aborted) request.socket.destroy();
      else sendError(request, response, internalError(error), requestId, host);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, prepared: Prepared): Promise<void> {
    const { address, headers, query, operation, handler, fault, requestId, signal } = prepared;
    const { clock, region, credentials, allowV1, storage, events } = this.options;
    const signer = authenticate(
      { method: request.method!, bucket: address.bucket, key: address.key, query: address.query, headers },
      { credentials, region, allowV1, now: clock.now() },
    );
    if (fault?.kind === 'expired-token') throw new OssError('SecurityTokenExpired');
    const sourceIp = (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
    const context = {
      // A listing without a prefix has an empty one.
      'oss:Prefix': query.get('prefix') ?? '',
      'oss:Delimiter': query.get('delimiter') ?? '',
      'acs:SourceIp': sourceIp,
      'acs:SecureTransport': 'false',
      'acs:CurrentTime': clock.now().toISOString(),
    };
    const permit = (rights: readonly NeededRight[]) =>
      authorise(signer, rights, { region, context, denials: this.options.denials });
    const { bucket, key } = address;
    permit(neededRights({ operation, bucket, key, headers, versionId: query.get('versionId') || undefined }));
    const upload = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    const beforeCommit = () => failBeforeCommit(fault, clock, signal);
    let committed = false;
    const happened: ObjectEvent[] = [];
    const call: Call = {
      operation,
      method: request.method!,
      host: address.host,
      bucketName: address.bucket,
      key: address.key,
      query,
      headers,
      region,
      endpoint: `127.0.0.1:${request.socket.localPort}`,
      storage,
      clock,
      permit,
      body: () => (upload ? damaged(request, fault, clock, signal) : request),
      commit: async (work) => {
        await beforeCommit();
        committed = true;
        return work();
      },
      emit: (event) => happened.push(event),
    };
    let reply: Reply;
    try {
      reply = await handler(call);
    } finally {
      events.publish(happened, {
        region,
        requestId,
        sourceIp,
        accessKeyId: signer.accessKeyId,
        at: clock.now(),
      });
    }
    if (!committed) await beforeCommit();
    await failAfterCommit(fault, clock, signal);
    await send(response, reply, (stream) => (upload ? stream : damaged(stream, fault, clock, signal)));
  }
}

/** OSS says so before it looks at the signature. */
function refuseElsewhere({ bucket = '' }: Address, elsewhere: Readonly<Record<string, string>>): void {
  const region = Object.hasOwn(elsewhere, bucket) ? elsewhere[bucket] : undefined;
  if (region === undefined) return;
  throw new OssError('AccessDenied', {
    ec: '0003-00001403',
    message:
      'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    elements: { Bucket: bucket, Endpoint: `oss-${region}.aliyuncs.com` },
  });
}

interface Prepared {
  address: Address;
  headers: Record<string, string>;
  query: Map<string, string>;
  operation: string;
  handler: Handler;
  fault: Fault | undefined;
  requestId: string;
  signal: AbortSignal;
}

/** Node decodes header bytes as latin1; OSS and its signatures know UTF-8. */
function utf8Headers(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined) continue;
    headers[name] = Buffer.from(Array.isArray(value) ? value.join(',') : value, 'latin1').toString('utf8');
  }
  return headers;
}

function internalError(error: unknown): OssError {
  return new OssError('InternalError', {
    status: 500,
    message: error instanceof Error ? error.message : String(error),
  });
}
