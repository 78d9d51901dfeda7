import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import WebSocket from 'ws';
import { lastLines } from '../../../../shared/platform/kubernetes/output-tail';
import type { CommandEnd, PodCommand } from '../../../../shared/platform/kubernetes/pod-command';
import { failure, json, type LoopbackApi, startLoopbackApi, testToken } from './loopback-api';

let api: LoopbackApi;
beforeEach(async () => {
  api = await startLoopbackApi();
});
afterEach(() => api.close());

const command: PodCommand = {
  namespace: 'shop',
  pod: 'db-0',
  container: 'db',
  command: ['sh', '-c', 'echo a b'],
  timeout: 5_000,
};
const out = (text: string) => Buffer.concat([Buffer.of(1), Buffer.from(text)]);
const err = (text: string) => Buffer.concat([Buffer.of(2), Buffer.from(text)]);
const status = (body: object) => Buffer.concat([Buffer.of(3), Buffer.from(JSON.stringify(body))]);
const success = status({ status: 'Success' });
const exited = (code: number) =>
  status({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: `${code}` }] },
  });

/** The server speaks the exec protocol, and does with each socket as told. */
function speaks(act: (socket: WebSocket, request: { url?: string; headers: object }) => void): void {
  const server = new WebSocket.WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => offered.values().next().value ?? false,
  });
  api.upgrade = (request, socket, head) =>
    server.handleUpgrade(request, socket, head, (opened) => act(opened, request));
}

const sends =
  (...frames: (Buffer | string)[]) =>
  (socket: WebSocket) => {
    for (const frame of frames) socket.send(frame);
  };

const lines = ({ output }: CommandEnd) => lastLines(output.text());

describe('a command in a container', () => {
  it('is sent with the credentials, below the path of the server, and tells its exit code and its output', async () => {
    api.kubeconfig.server += '/clusters/c-1';
    let asked: { url?: string; headers: Record<string, unknown> } = { headers: {} };
    speaks((socket, request) => {
      asked = request as typeof asked;
      sends(out('one\n'), err('two\n'), out('three'), exited(7))(socket);
    });
    const end = await (await api.connect()).exec(command);
    expect(end).toMatchObject({ outcome: 'exited', exitCode: 7 });
    expect(lines(end)).toEqual(['one', 'two', 'three']);
    const url = new URL(asked.url!, 'https://x');
    expect(url.pathname).toBe('/clusters/c-1/api/v1/namespaces/shop/pods/db-0/exec');
    expect(url.searchParams.getAll('command')).toEqual(['sh', '-c', 'echo a b']);
    expect(url.searchParams.get('container')).toBe('db');
    expect(asked.headers).toMatchObject({
      authorization: `Bearer ${testToken}`,
      'sec-websocket-protocol': 'v5.channel.k8s.io,v4.channel.k8s.io',
      'user-agent': expect.stringMatching(/^lifeboat\//),
    });
  });

  it('ends with code 0 where the server says success', async () => {
    speaks(sends(success));
    expect(await (await api.connect()).exec(command)).toMatchObject({ outcome: 'exited', exitCode: 0 });
  });

  it('sends nothing to a name that leads to a metadata service', async () => {
    const port = new URL(api.server).port;
    api.kubeconfig.server = `https://api.example.com:${port}`;
    const resolve = ((_: string, __: object, done: (error: null, all: object[]) => void) =>
      done(null, [{ address: '100.100.100.200', family: 4 }])) as never;
    const cluster = await api.connect({}, { resolve });
    await expect(cluster.exec(command)).rejects.toMatchObject({ name: 'LifeboatError', kind: 'denied' });
    expect(api.connections()).toBe(0);
  });

  it('sends nothing to a server whose certificate is for another name', async () => {
    api.kubeconfig.tlsServerName = 'other';
    speaks(sends(success));
    await expect((await api.connect()).exec(command)).rejects.toMatchObject({ failure: 'unavailable' });
    api.kubeconfig.tlsServerName = 'kubernetes';
    expect(await (await api.connect()).exec(command)).toMatchObject({ outcome: 'exited' });
  });

  it.each<[string, number, object, object]>([
    [
      'unknown container',
      400,
      failure(400, 'BadRequest', 'container db is not valid for pod db-0'),
      { failure: 'no-container', kind: 'invalid' },
    ],
    [
      'a pod without a node',
      400,
      failure(400, 'BadRequest', 'pod db-0 does not have a host assigned'),
      { failure: 'not-running' },
    ],
    ['a pod that is gone', 404, failure(404, 'NotFound'), { failure: 'no-pod', kind: 'not-found' }],
    [
      'RBAC',
      403,
      failure(403, 'Forbidden', 'no'),
      { failure: 'denied', hint: expect.stringContaining('get and create on pods/exec') },
    ],
    ['a 403 with an empty reason', 403, failure(403, '', ''), { failure: 'denied' }],
    ['unknown credentials', 401, failure(401, 'Unauthorized'), { name: 'NotLetIn', kind: 'denied' }],
    [
      'a server that is busy',
      503,
      failure(503, 'ServiceUnavailable'),
      { failure: 'unavailable', kind: 'unavailable' },
    ],
    ['a redirect', 302, {}, { failure: 'refused' }],
  ])('did not run: %s', async (_, code, body, expected) => {
    api.answer = (__, response) => json(response, code, body, { location: 'https://127.0.0.1:1/' });
    await expect((await api.connect()).exec(command)).rejects.toMatchObject(expected);
    expect(api.received).toHaveLength(1);
  });

  it.each([
    ['container not found ("db")', 'not-running'],
    ['OCI runtime exec failed: exec: "x": executable file not found in $PATH', 'not-started'],
    ['dial tcp 10.0.0.7:10250: connect: connection refused', 'unavailable'],
  ])('did not run where the node says: %s', async (message, expected) => {
    speaks(sends(status({ status: 'Failure', reason: 'InternalError', message })));
    await expect((await api.connect()).exec(command)).rejects.toMatchObject({ failure: expected });
  });

  it('says that it timed out, with the output so far, and closes the connection', async () => {
    let closed = false;
    speaks((socket) => {
      sends(out('working\n'))(socket);
      socket.on('close', () => {
        closed = true;
      });
    });
    const end = await (await api.connect()).exec({ ...command, timeout: 300 });
    expect(end.outcome).toBe('timed-out');
    expect(lines(end)).toEqual(['working']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(closed).toBe(true);
  });

  it.each(['before the server answers', 'while it runs'])(
    'ends with the reason of its signal %s',
    async (when) => {
      const aborting = new AbortController();
      const reason = new Error('stop');
      const abort = () => setTimeout(() => aborting.abort(reason), 20);
      if (when === 'while it runs') speaks(abort);
      else api.upgrade = abort;
      const running = (await api.connect()).exec({ ...command, signal: aborting.signal });
      await expect(running).rejects.toBe(reason);
    },
  );

  it.each<[string, Buffer | string]>([
    ['an empty frame', Buffer.alloc(0)],
    ['a frame of an unknown channel', Buffer.of(9, 65)],
    ['a frame that closes a stream', Buffer.of(255, 1)],
    ['text', 'hello'],
    ['a status that is not JSON', Buffer.concat([Buffer.of(3), Buffer.from('exit 1')])],
    ['a status that is null', Buffer.concat([Buffer.of(3), Buffer.from('null')])],
    ['a frame of two megabytes', Buffer.alloc(2 * 1024 * 1024, 1)],
  ])('fails, and nothing else does, where the server sends %s', async (_, frame) => {
    speaks(sends(out('x'), frame, success));
    await expect((await api.connect()).exec(command)).rejects.toMatchObject({ failure: 'broken' });
  });

  it('is not known to have ended where the connection breaks', async () => {
    speaks((socket) => socket.terminate());
    await expect((await api.connect()).exec(command)).rejects.toMatchObject({
      failure: 'broken',
      message: expect.stringContaining('shop/db-0'),
    });
  });

  it('has bounded memory for endless output', async () => {
    speaks((socket) => {
      const frame = out('x'.repeat(30_000));
      for (let n = 0; n < 500; n++) socket.send(frame);
      socket.send(out('\nlast\n'));
      socket.send(success);
    });
    const shown = lines(await (await api.connect()).exec(command));
    expect(shown.at(-1)).toBe('last');
    expect(Buffer.byteLength(shown.join('\n'))).toBeLessThan(4_200);
  });
});
