import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AsyncQueue } from '../../../../local/fc/async-queue';
import type { FunctionPool } from '../../../../local/fc/function-pool';
import { invocationEndpoint } from '../../../../local/fc/invocation-endpoint';
import type { Refusal } from '../../../../local/fc/signature';
import { fcDispatcher } from '../../../../shared/app/fc/dispatcher';
import { taskId } from '../../../../shared/formats/state/run-keys';
import { systemClock } from '../../../../shared/platform/system';
import { countingRandom } from '../../../harness/fake-clock';

const day = 86_400_000;
const role = { accessKeyId: 'STS.role', accessKeySecret: 'role-secret', securityToken: 'role-token' };
const run = { kind: 'backups', name: 'shop-1' } as const;
let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** The endpoint of the FC host, over functions that only note what they were sent. */
async function setUp(credentials = role) {
  const invoked: string[] = [];
  const seen: { path: string; headers: IncomingHttpHeaders }[] = [];
  const refusals: (Refusal | undefined)[] = [];
  const lose = { answers: 0 };
  let ahead = 0;
  const clock = { ...systemClock, now: () => new Date(Date.now() + ahead), sleep: async () => {} };
  const pool = (name: string) =>
    ({
      hosted: { name, maxAsyncRetryAttempts: 0 },
      async invoke(event: Buffer) {
        invoked.push(`${name} ${event}`);
        return { body: Buffer.alloc(0) };
      },
    }) as unknown as FunctionPool;
  const queue = new AsyncQueue({ clock, duplicate: () => false, concurrency: 4, finished: () => {} });
  const answer = invocationEndpoint({
    pools: new Map(['lifeboat-backup', 'lifeboat-restore'].map((name) => [name, pool(name)])),
    queue,
    keys: () => [role],
    place: { accountId: '1000000000000001', region: 'cn-hangzhou' },
    // Signatures are of this machine's time, whatever the queue thinks.
    clock: systemClock,
    refuse: () => refusals.shift(),
  });
  server = createServer(async (request, response) => {
    seen.push({ path: request.url!, headers: request.headers });
    if (lose.answers > 0) {
      lose.answers -= 1;
      response.end = (() => response.destroy()) as never;
    }
    await answer(request, response);
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const dispatcher = fcDispatcher({
    accountId: '1000000000000001',
    region: 'cn-hangzhou',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: () => credentials,
    functions: { backups: 'lifeboat-backup', restores: 'lifeboat-restore' },
    clock: { ...systemClock, sleep: async () => {} },
    random: countingRandom(),
  });
  return {
    invoked,
    seen,
    refusals,
    lose,
    queue,
    port,
    start: (k = 1) => dispatcher.start(run, taskId('installation', run, k)),
    pass(ms: number) {
      ahead += ms;
    },
  };
}

/** The status of a call with the headers of another. */
function replay(port: number, path: string, headers: IncomingHttpHeaders, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = httpRequest({ port, host: '127.0.0.1', method: 'POST', path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    call.on('error', reject);
    call.end(body);
  });
}

describe('starts sent to Function Compute', () => {
  it('are taken when signed with the key and token of the role, and reach the worker of their kind', async () => {
    const { start, invoked, queue, seen } = await setUp();
    expect(await start()).toBe('sent');
    await queue.idle();
    expect(invoked).toEqual(['lifeboat-backup {"kind":"backups","name":"shop-1"}']);
    expect(seen[0]!.headers['x-fc-async-task-id']).toMatch(/^b_[0-9a-f]{32}$/);
  });

  it.each([
    ['another secret', { ...role, accessKeySecret: 'guessed' }],
    ['another token', { ...role, securityToken: 'old-token' }],
    ['an unknown key', { ...role, accessKeyId: 'STS.other' }],
  ])('are denied with %s, and nothing is carried out', async (_, credentials) => {
    const { start, invoked } = await setUp(credentials);
    await expect(start()).rejects.toMatchObject({ kind: 'denied' });
    expect(invoked).toEqual([]);
  });

  it('cannot be replayed for another function, another task or another payload', async () => {
    const { start, seen, port, queue, invoked } = await setUp();
    await start();
    await queue.idle();
    const [{ path, headers }] = seen as [(typeof seen)[0]];
    const body = '{"kind":"backups","name":"shop-1"}';
    expect(await replay(port, path, headers, body)).toBe(409);
    expect(await replay(port, path.replace('backup/', 'restore/'), headers, body)).toBe(403);
    expect(await replay(port, path, { ...headers, 'x-fc-async-task-id': 'b_other' }, body)).toBe(403);
    expect(await replay(port, path, headers, body.replace('shop-1', 'shop-2'))).toBe(400);
    expect(invoked).toHaveLength(1);
  });

  it('are carried out once for each task id for seven days, and then again: only the lease keeps workers apart for ever', async () => {
    const { start, invoked, queue, pass } = await setUp();
    expect(await start()).toBe('sent');
    expect(await start()).toBe('already-sent');
    expect(await start(2)).toBe('sent');
    pass(7 * day - 60_000);
    expect(await start()).toBe('already-sent');
    pass(60_000);
    expect(await start()).toBe('sent');
    await queue.idle();
    expect(invoked).toHaveLength(3);
  });

  it.each([
    [429, 'ResourceExhausted'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailable'],
  ])('are sent again after %i %s, and carried out once', async (status, code) => {
    const { start, refusals, invoked, queue } = await setUp();
    refusals.push({ status, code, message: 'later' }, { status, code, message: 'later' });
    expect(await start()).toBe('sent');
    await queue.idle();
    expect(invoked).toHaveLength(1);
  });

  it('are known to be sent when only the answer was lost', async () => {
    const { start, lose, invoked, queue } = await setUp();
    lose.answers = 1;
    expect(await start()).toBe('already-sent');
    await queue.idle();
    expect(invoked).toHaveLength(1);
  });

  it('are left to the next tick when the service does not recover', async () => {
    const { start, refusals, invoked } = await setUp();
    for (let i = 0; i < 4; i += 1)
      refusals.push({ status: 503, code: 'ServiceUnavailable', message: 'down' });
    await expect(start()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(invoked).toEqual([]);
  });
});
