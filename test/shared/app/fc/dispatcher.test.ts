import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fcClient, fcDispatcher } from '../../../../shared/app/fc/dispatcher';
import { countingRandom } from '../../../harness/fake-clock';
import { systemClock } from '../../../../shared/platform/system';

const credentials = {
  accessKeyId: 'role',
  accessKeySecret: 'secret-of-the-role',
  securityToken: 'token-of-the-role',
};
const run = { kind: 'restores', name: 'shop-back' } as const;
let server: Server | undefined;

afterEach(async () => {
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** A server that answers each call with the next of `answers`, and keeps what it was asked. */
async function scripted(...answers: [status: number, body?: string, headers?: Record<string, string>][]) {
  const asked: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }[] = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    const [status, body = '', more = {}] = answers.shift()!;
    response.writeHead(status, { connection: 'close', 'content-type': 'application/json', ...more });
    response.end(body || '{}');
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const waits: number[] = [];
  const dispatcher = fcDispatcher({
    accountId: '1000000000000001',
    region: 'cn-hangzhou',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: () => credentials,
    functions: { backups: 'lifeboat-backup', restores: 'lifeboat-restore' },
    clock: { ...systemClock, sleep: async (ms) => void waits.push(ms) },
    random: countingRandom(),
  });
  return { asked, waits, start: () => dispatcher.start(run, 'r_1') };
}

const fault = (code: string) =>
  JSON.stringify({ ErrorCode: code, ErrorMessage: 'message with token-of-the-role' });

describe('the dispatcher', () => {
  it('speaks HTTPS to the endpoint of the account and region, and API 2023-03-30', async () => {
    const at = { accountId: '1', region: 'cn-hangzhou', credentials: () => credentials };
    const client = await fcClient(at);
    expect(client.endpoint).toBe('https://1.cn-hangzhou.fc.aliyuncs.com');
    expect(client.version).toBe('2023-03-30');
    expect((await fcClient({ ...at, internal: true })).endpoint).toBe(
      'https://1.cn-hangzhou-internal.fc.aliyuncs.com',
    );
  });

  it('invokes the worker asynchronously under the task id, with the name of the run and the token of the role', async () => {
    const { asked, start } = await scripted([202]);
    expect(await start()).toBe('sent');
    expect(asked).toMatchObject([
      {
        method: 'POST',
        url: '/2023-03-30/functions/lifeboat-restore/invocations?qualifier=LATEST',
        body: '{"kind":"restores","name":"shop-back"}',
        headers: {
          'x-fc-invocation-type': 'Async',
          'x-fc-async-task-id': 'r_1',
          'x-fc-security-token': 'token-of-the-role',
        },
      },
    ]);
  });

  it('takes 409 for sent already', async () => {
    const { start } = await scripted([409, fault('AsyncTaskAlreadyExists')]);
    expect(await start()).toBe('already-sent');
  });

  it.each([429, 500, 503])('tries again after %i, with the same task id', async (status) => {
    const { asked, waits, start } = await scripted([status, fault('Busy')], [202]);
    expect(await start()).toBe('sent');
    expect(asked.map(({ headers }) => headers['x-fc-async-task-id'])).toEqual(['r_1', 'r_1']);
    expect(waits).toEqual([500]);
  });

  it('gives up after four tries', async () => {
    const busy: [number, string] = [503, fault('Busy')];
    const { asked, start } = await scripted(busy, busy, busy, busy);
    await expect(start()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(asked).toHaveLength(4);
  });

  it.each([
    [403, 'AccessDenied', 'denied'],
    [404, 'FunctionNotFound', 'not-found'],
    [400, 'InvalidArgument', 'invalid'],
  ])('ends at once after %i %s, naming the function and quoting no message', async (status, code, kind) => {
    const { start } = await scripted([status, fault(code)]);
    await expect(start()).rejects.toMatchObject({
      kind,
      message: `function lifeboat-restore could not be started: ${status} ${code}`,
    });
  });

  it('notices a function error, which the SDK does not', async () => {
    const unhandled: [number, string, Record<string, string>] = [
      200,
      '{}',
      { 'x-fc-error-type': 'UnhandledInvocationError' },
    ];
    const { start } = await scripted(unhandled, unhandled, unhandled, unhandled);
    await expect(start()).rejects.toThrow('UnhandledInvocationError');
  });
});
