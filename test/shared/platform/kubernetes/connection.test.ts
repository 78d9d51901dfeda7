import { type EventEmitter, getEventListeners, once } from 'node:events';

import { createServer as createHttpServer } from 'node:http';
import { Agent, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../../shared/platform/kubernetes/connection';
import { ResponseTooLarge } from '../../../../shared/platform/kubernetes/exchange';
import { SlowAnswer, Unreachable } from '../../../../shared/platform/kubernetes/no-answer';
import type { ApiRequest } from '../../../../shared/platform/kubernetes/port';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { makeServerCertificates } from '../../../../local/certificates';
import { type Answer, failure, json, type LoopbackApi, startLoopbackApi, testToken } from './loopback-api';

let api: LoopbackApi;
beforeEach(async () => {
  api = await startLoopbackApi();
});
afterEach(() => api.close());

const get: ApiRequest = { method: 'GET', path: '/api/v1/pods' };
const post: ApiRequest = { method: 'POST', path: '/api/v1/namespaces/a/pods', body: '{}' };

describe('a connection', () => {
  it('sends the credentials, its own name and what it accepts', async () => {
    const cluster = await api.connect();
    await cluster.request({ ...post, contentType: 'application/merge-patch+json', method: 'PATCH' });
    const [received] = api.received;
    expect(received).toMatchObject({ method: 'PATCH', url: post.path, body: '{}' });
    expect(received?.headers).toMatchObject({
      authorization: `Bearer ${testToken}`,
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'content-type': 'application/merge-patch+json',
      'content-length': '2',
      'user-agent': expect.stringMatching(/^lifeboat\/\d/),
    });
    expect(cluster.server).toBe(api.server);
  });

  it('gives back answers of any status', async () => {
    const cluster = await api.connect();
    for (const status of [200, 201, 400, 403, 404, 409, 410, 422]) {
      api.answer = (_, response) => json(response, status, { status });
      const answer = await cluster.request(get);
      expect([answer.status, JSON.parse(answer.body.toString()).status, answer.ambiguous]).toEqual([
        status,
        status,
        false,
      ]);
    }
  });

  it('uses one TCP connection for requests one after the other, and no more than asked for side by side', async () => {
    const cluster = await api.connect({ maxSockets: 4 });
    for (let n = 0; n < 20; n++) await cluster.request(get);
    expect(api.connections()).toBe(1);
    api.answer = async (_, response) => {
      await delay(5);
      json(response, 200, {});
    };
    await Promise.all(Array.from({ length: 40 }, () => cluster.request(get)));
    expect(api.connections()).toBe(4);
  });

  it('puts the path of the server address in front', async () => {
    api.kubeconfig.server += '/k8s/clusters/c-1';
    const cluster = await api.connect();
    await cluster.request(get);
    expect(api.received[0]?.url).toBe('/k8s/clusters/c-1/api/v1/pods');
    expect(cluster.server).toBe(api.server);
  });

  it('unpacks gzip', async () => {
    const text = JSON.stringify({ a: 'x'.repeat(300_000) });
    api.answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(text));
    };
    const cluster = await api.connect();
    expect((await cluster.request(get)).body.toString()).toBe(text);
  });

  it('checks the name that tls-server-name gives', async () => {
    api.kubeconfig.tlsServerName = 'kubernetes';
    await (await api.connect()).request(get);
    api.kubeconfig.tlsServerName = 'other';
    await expect((await api.connect()).request(get)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('checks an address that tls-server-name gives, and sends it as no name', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    api.kubeconfig.server = api.kubeconfig.server.replace('127.0.0.1', 'localhost');
    api.kubeconfig.tlsServerName = '127.0.0.1';
    await (await api.connect()).request(get);
    api.kubeconfig.tlsServerName = '127.0.0.2';
    await expect((await api.connect()).request(get)).rejects.toMatchObject({ kind: 'unavailable' });
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });

  it.each<[string, ServerOptions, RegExp]>([
    ['a client certificate', { requestCert: true, rejectUnauthorized: true }, /client certificate/],
    [
      'a client certificate, in TLS 1.2',
      { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' },
      /client certificate|can be reached/,
    ],
  ])('says what to do where the server asks for %s', async (_, tls, hint) => {
    const strict = await startLoopbackApi({ ...tls, ca: api.pki.caCertificate });
    const error = await (await strict.connect()).request(get).catch((thrown) => thrown);
    expect(error.hint).toMatch(hint);
    await strict.close();
  });

  it('says what to do where plain HTTP is spoken, or headers are too large', async () => {
    const plain = createHttpServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { server } = api.kubeconfig;
    api.kubeconfig.server = `https://127.0.0.1:${(plain.address() as AddressInfo).port}`;
    const error = await (await api.connect()).request(get).catch((thrown) => thrown);
    expect(error.hint).toMatch(/plain HTTP/);
    plain.close();
    api.kubeconfig.server = server;
    api.answer = (_, response) => {
      response.writeHead(200, { 'x-large': 'x'.repeat(20_000) });
      response.end('{}');
    };
    const overflow = await (await api.connect()).request(get).catch((thrown) => thrown);
    expect(overflow.hint).toMatch(/16 KB of headers/);
  });

  it('shows its client certificate', async () => {
    const client = await makeServerCertificates({ dns: ['client'], ip: [] }, { name: 'client-ca' });
    const strict = await startLoopbackApi({
      requestCert: true,
      ca: client.caCertificate,
      rejectUnauthorized: false,
    });
    const seen: unknown[] = [];
    strict.answer = ({ socket }, response) => {
      seen.push(
        (socket as { getPeerCertificate?(): { subject?: { CN: string } } }).getPeerCertificate?.().subject
          ?.CN,
      );
      json(response, 200, {});
    };
    delete strict.kubeconfig.token;
    strict.kubeconfig.clientCertificateData = Buffer.from(client.certificate).toString('base64');
    strict.kubeconfig.clientKeyData = Buffer.from(client.key).toString('base64');
    await (await strict.connect()).request(get);
    expect(seen).toEqual(['kube-apiserver']);
    await strict.close();
  });

  it('refuses certificates and keys that do not belong together, before any request', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => makeServerCertificates({ dns: ['a'], ip: [] })));
    api.kubeconfig.clientCertificateData = Buffer.from(one!.certificate).toString('base64');
    api.kubeconfig.clientKeyData = Buffer.from(two!.key).toString('base64');
    await expect(api.connect()).rejects.toMatchObject({ kind: 'invalid' });
  });
});

describe('an address that leads where none may', () => {
  it('is refused without a request, also when it was sealed long ago', async () => {
    for (const server of [
      'https://169.254.169.254',
      'https://100.100.100.200',
      'https://[::ffff:a9fe:a9fe]',
      api.server,
    ]) {
      const opening = connect('x', { server, token: 'a' }, { clock: systemClock, random: systemRandom });
      await expect(opening).rejects.toMatchObject({ kind: 'denied' });
    }
    expect(api.connections()).toBe(0);
  });

  it('is refused when DNS gives it, each time a connection is opened, and not tried again', async () => {
    let asked = 0;
    const resolve = ((_: string, __: unknown, done: (error: null, found: object[]) => void) => {
      asked++;
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    }) as never;
    const port = new URL(api.server).port;
    const kubeconfig = { ...api.kubeconfig, server: `https://kubernetes:${port}` };
    const deps = { clock: systemClock, random: systemRandom, resolve };
    const strict = await connect('x', kubeconfig, deps);
    await expect(strict.request(get)).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('kubernetes'),
    });
    expect([asked, api.connections()]).toEqual([1, 0]);
    const local = await connect('x', kubeconfig, deps, { allowLoopback: true });
    expect((await local.request(get)).status).toBe(200);
    local.close();
  });
});

describe('a server that is busy', () => {
  it('is asked again no sooner than Retry-After says', async () => {
    api.answer = (_, response, nth) =>
      nth < 3
        ? json(response, 429, failure(429, 'TooManyRequests'), { 'retry-after': '2' })
        : json(response, 200, {});
    const answer = await (await api.connect()).request(post);
    expect([answer.status, answer.ambiguous]).toEqual([200, false]);
    expect(api.waits).toHaveLength(2);
    for (const wait of api.waits) expect(wait).toBeGreaterThanOrEqual(2000);
  });

  it('is asked again after growing waits where it says nothing, and its last answer is given back', async () => {
    api.answer = (_, response) => json(response, 503, failure(503, 'ServiceUnavailable'));
    const answer = await (
      await api.connect({ retry: { attempts: 6, baseDelay: 100, maxDelay: 500 } })
    ).request(get);
    expect(answer.status).toBe(503);
    // Half of 100, 200, 400, then of the longest: the dice of this test always show one half.
    expect(api.waits).toEqual([50, 100, 200, 250, 250]);
  });

  it('is asked again no sooner than a Retry-After with a time says, by the clock of who wrote it', async () => {
    const headers = {
      date: 'Wed, 21 Oct 2015 07:28:00 GMT',
      'retry-after': 'Wed, 21 Oct 2015 07:28:07 GMT',
    };
    api.answer = (_, response, nth) =>
      nth === 1 ? json(response, 429, {}, headers) : json(response, 200, {});
    await (await api.connect()).request(get);
    expect(api.waits[0]).toBeGreaterThanOrEqual(7_000);
    expect(api.waits[0]).toBeLessThanOrEqual(12_000);
  });

  it('is not waited for longer than a minute, whatever it says', async () => {
    api.answer = (_, response, nth) =>
      nth === 1 ? json(response, 429, {}, { 'retry-after': '86400' }) : json(response, 200, {});
    await (await api.connect()).request(get);
    expect(api.waits[0]).toBeLessThanOrEqual(90_000);
  });

  it('is not asked again more often than a request wants', async () => {
    api.answer = (_, response) => json(response, 503, {});
    await (await api.connect()).request({ ...get, attempts: 2 });
    expect(api.received).toHaveLength(2);
  });

  it.each([
    ['GET', 500, {}, 2],
    ['POST', 500, {}, 1],
    ['POST', 500, { 'retry-after': '1' }, 2],
    ['POST', 504, {}, 2],
    ['DELETE', 502, {}, 2],
    ['PATCH', 501, {}, 1],
  ] as const)(
    'is asked %s again after a %d with %j: %d requests',
    async (method, status, headers, requests) => {
      api.answer = (_, response, nth) =>
        nth === 1 ? json(response, status, {}, headers) : json(response, 200, {});
      await (await api.connect()).request({ ...post, method });
      expect(api.received).toHaveLength(requests);
    },
  );

  it('may have done what it answers 5xx to: a later answer is ambiguous', async () => {
    api.answer = (_, response, nth) =>
      nth === 1
        ? json(response, 504, failure(504, 'Timeout'))
        : json(response, 409, failure(409, 'AlreadyExists'));
    const answer = await (await api.connect()).request(post);
    expect([answer.status, answer.ambiguous]).toEqual([409, true]);
  });
});

describe('a connection that breaks', () => {
  it('before the answer: the request is sent again and its answer marked ambiguous', async () => {
    api.answer = ({ socket }, response, nth) => (nth === 1 ? void socket.destroy() : json(response, 409, {}));
    const answer = await (await api.connect()).request(post);
    expect([answer.status, answer.ambiguous, api.received.length]).toEqual([409, true, 2]);
  });

  it('in the middle of the answer: it is read again from the start', async () => {
    api.answer = (_, response, nth) => {
      if (nth > 1) return json(response, 200, '{"whole":true}');
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"whole":');
      setTimeout(() => response.destroy(), 20);
    };
    expect((await (await api.connect()).request(get)).body.toString()).toBe('{"whole":true}');
  });

  it('because the server had closed it while it was idle: the request is sent again at once', async () => {
    const cluster = await api.connect();
    await cluster.request(get);
    api.answer = ({ socket }, response, nth) => (nth === 2 ? void socket.destroy() : json(response, 200, {}));
    expect((await cluster.request(get)).status).toBe(200);
    expect(api.waits).toEqual([]);
  });

  it('always: the error names the cluster, the request and the remedy, and no secret', async () => {
    const cluster = await api.connect();
    await cluster.request(get);
    api.answer = ({ socket }) => void socket.destroy();
    const error = await cluster.request(post).catch((thrown) => thrown);
    expect(error).toMatchObject({ kind: 'unavailable', hint: expect.any(String) });
    expect(error.message).toMatch(/^cluster "loop" \(https:.*\): no answer to POST \/api.* after \d+ tries/);
    expect(error.message).toContain(api.server);
    expect(`${error.message}${error.hint}${error.stack}${JSON.stringify(error)}`).not.toContain(testToken);
  });

  it('is told soon where there never was an answer', async () => {
    await api.close();
    const cluster = await api.connect();
    await expect(cluster.request(get)).rejects.toThrow(/after 3 tries: .*ECONNREFUSED/);
    cluster.close();
  });

  it('by damaged gzip: it is read again', async () => {
    api.answer = (_, response, nth) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      const packed = gzipSync('{"a":1}');
      response.end(nth === 1 ? packed.subarray(0, -5) : packed);
    };
    expect((await (await api.connect()).request(get)).body.toString()).toBe('{"a":1}');
  });
});

describe('an API server that goes away', () => {
  const aggregated: ApiRequest = { method: 'GET', path: '/apis/metrics.example.com/v1/pods' };
  const own: ApiRequest = { method: 'GET', path: '/apis/example.com/v1/gadgets' };
  const waited = () => api.waits.reduce((all, one) => all + one, 0);
  const isAwayFor = (ms: number, away: Answer): Answer => {
    const since = waited();
    return (received, response, nth) =>
      waited() - since < ms ? away(received, response, nth) : json(response, 200, {});
  };
  const breaks: Answer = ({ socket }) => void socket.destroy();
  const gateway =
    (status: number): Answer =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' });
      response.end('<html>Bad Gateway</html>');
    };

  const rancher: Answer = (_, response) => json(response, 503, { type: 'error', code: 'ClusterUnavailable' });

  it.each<[string, ApiRequest, Answer]>([
    ['a list', get, breaks],
    ['a list of a custom resource', own, breaks],
    ['a write', post, breaks],
    ['a list through a gateway that answers 502', get, gateway(502)],
    ['a list of a custom resource through a gateway that answers 503', own, gateway(503)],
    ['a list of a custom resource through a gateway that answers 503 in JSON', own, rancher],
    ['a list of a custom resource through a gateway that answers 504', own, gateway(504)],
    [
      'a list that is slow else, through a gateway that answers 504',
      { ...get, rejectsSlow: true },
      gateway(504),
    ],
    ['a write through a gateway that answers 521', post, gateway(521)],
    ['a list that it answers 503 itself', get, (_, response) => json(response, 503, failure(503, 'x'))],
    ['a discovery', { method: 'GET', path: '/apis', attempts: 2 }, breaks],
  ])('is waited for: %s gets its answer after 90 s', async (_, request, away) => {
    const cluster = await api.connect();
    await cluster.request(get);
    api.answer = isAwayFor(90_000, away);
    expect((await cluster.request(request)).status).toBe(200);
    expect(waited()).toBeGreaterThanOrEqual(90_000);
    // At most ten seconds after it is back.
    expect(waited()).toBeLessThan(101_000);
  });

  it('ends a request after five minutes, the next one soon', async () => {
    const cluster = await api.connect();
    await cluster.request(get);
    api.answer = breaks;
    await expect(cluster.request(get)).rejects.toThrow(Unreachable);
    expect(waited()).toBeGreaterThanOrEqual(300_000);
    const before = waited();
    await expect(cluster.request(own)).rejects.toThrow(Unreachable);
    expect(waited() - before).toBeLessThan(1000);
    api.answer = gateway(502);
    await expect(cluster.request(get)).rejects.toThrow(/the API server is away: .* HTTP status 502/);
    api.answer = (_, response) => json(response, 200, {});
    expect((await cluster.request(get)).status).toBe(200);
  });

  it('is waited for from the first request on where the caller wants that', async () => {
    api.answer = isAwayFor(90_000, breaks);
    await expect((await api.connect()).request(get)).rejects.toThrow(/after 3 tries/);
    const patient = await api.connect({ waitsFromStart: true });
    expect((await patient.request(get)).status).toBe(200);
  });

  it('is not what breaks one request while others are answered', async () => {
    const cluster = await api.connect();
    api.answer = ({ url, socket }, response) =>
      url === own.path ? void socket.destroy() : json(response, 200, {});
    await cluster.request(get);
    let done = false;
    const broken = cluster.request(own).catch((error) => error);
    void broken.then(() => {
      done = true;
    });
    while (!done) await cluster.request(get);
    expect(await broken).toMatchObject({ kind: 'unavailable' });
    expect(await broken).not.toBeInstanceOf(Unreachable);
    expect(waited()).toBeLessThan(60_000);
  });

  it.each<[string, number, string]>([
    ['a 503 of one aggregated API', 503, 'service unavailable'],
    ['a page with 503 of one aggregated API', 503, '<html>Service Unavailable</html>'],
    ['a 504 of one request', 504, '<html>Gateway Time-out</html>'],
  ])('is not what %s says while the version is answered', async (_, status, body) => {
    const cluster = await api.connect();
    await cluster.request(get);
    api.answer = ({ url }, response) => {
      if (url === '/version') return json(response, 200, {});
      response.writeHead(status, { 'content-type': 'text/plain' });
      response.end(body);
    };
    expect((await cluster.request(aggregated)).status).toBe(status);
    expect(waited()).toBeLessThan(60_000);
  });
});

describe('a certificate of another authority', () => {
  it('is an error at once, with the remedy', async () => {
    const other = await makeServerCertificates({ dns: [], ip: ['127.0.0.1'] }, { name: 'other-ca' });
    api.kubeconfig.caData = Buffer.from(other.caCertificate).toString('base64');
    const error = await (await api.connect()).request(get).catch((thrown) => thrown);
    expect(error).toMatchObject({
      kind: 'unavailable',
      hint: expect.stringContaining('certificate-authority-data'),
    });
    expect(error.message).not.toContain('tries');
    expect(api.received).toEqual([]);
  });

  it('stays an error where the environment turns verification off', async () => {
    const other = await makeServerCertificates({ dns: [], ip: ['127.0.0.1'] }, { name: 'other-ca' });
    api.kubeconfig.caData = Buffer.from(other.caCertificate).toString('base64');
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      await expect((await api.connect()).request(get)).rejects.toMatchObject({ kind: 'unavailable' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });
});

describe('limits', () => {
  it('ends a try that takes too long, and counts it as ambiguous', async () => {
    api.answer = (_, response, nth) => {
      if (nth > 1) json(response, 200, {});
    };
    const answer = await (await api.connect()).request({ ...post, timeout: 100 });
    expect([answer.status, answer.ambiguous]).toEqual([200, true]);
  });

  it('rejects at once where the caller can ask for less, also when a gateway breaks off what takes long', async () => {
    let now = 0;
    const clock = { ...systemClock, monotonic: () => now };
    const cluster = await api.connect({}, { clock });
    await cluster.request(get);
    api.answer = ({ socket }) => {
      now += 30_000;
      socket.destroy();
    };
    await expect(cluster.request({ ...get, rejectsSlow: true })).rejects.toBeInstanceOf(SlowAnswer);
    api.answer = ({ url }, response) => json(response, url === '/version' ? 200 : 504, {});
    await expect(cluster.request({ ...get, rejectsSlow: true })).rejects.toBeInstanceOf(SlowAnswer);
    expect(api.received.map(({ url }) => url)).toEqual([get.path, get.path, get.path, '/version']);
  });

  it('ends an answer that trickles for ever', async () => {
    api.answer = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    };
    const cluster = await api.connect({ timeout: 200, retry: { firstAttempts: 1 } });
    await expect(cluster.request(get)).rejects.toThrow(/no answer within 200 ms/);
  });

  it('refuses a body that is too large, plain or packed, and asks no second time', async () => {
    const cluster = await api.connect({ maxBytes: 100_000 });
    api.answer = (_, response) => json(response, 200, 'x'.repeat(100_001));
    await expect(cluster.request(get)).rejects.toBeInstanceOf(ResponseTooLarge);
    api.answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(50 * 1024 * 1024)));
    };
    await expect(cluster.request(get)).rejects.toBeInstanceOf(ResponseTooLarge);
    expect(api.received).toHaveLength(2);
    api.answer = (_, response) => json(response, 200, 'x'.repeat(100_000));
    expect((await cluster.request(get)).body).toHaveLength(100_000);
  });

  it("stops with the signal's reason: before, during and between tries", async () => {
    const cluster = await api.connect();
    const reason = new Error('enough');
    await expect(cluster.request({ ...get, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(api.received).toEqual([]);

    const during = new AbortController();
    api.answer = () => during.abort(reason);
    await expect(cluster.request({ ...get, signal: during.signal })).rejects.toBe(reason);

    const between = new AbortController();
    api.answer = (_, response) => {
      response.once('finish', () => setTimeout(() => between.abort(reason), 20));
      json(response, 503, {});
    };
    const waiting = await api.connect({}, { clock: systemClock });
    const busy = waiting.request({ ...get, signal: between.signal });
    await expect(busy).rejects.toBe(reason);
  });

  it('leaves no listener behind, on a signal that many requests share or on a socket', async () => {
    const sockets: EventEmitter[] = [];
    const create = Agent.prototype.createConnection;
    Agent.prototype.createConnection = function (...parameters) {
      const socket = create.apply(this, parameters)!;
      sockets.push(socket);
      return socket;
    };
    try {
      const cluster = await api.connect({ maxSockets: 2 });
      const { signal } = new AbortController();
      await Promise.all(Array.from({ length: 100 }, () => cluster.request({ ...get, signal })));
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      expect(sockets).toHaveLength(2);
      for (const socket of sockets) {
        for (const name of socket.eventNames())
          expect([name, socket.listenerCount(name) < 5]).toEqual([name, true]);
      }
    } finally {
      Agent.prototype.createConnection = create;
    }
  });
});
