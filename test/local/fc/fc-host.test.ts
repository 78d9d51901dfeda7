import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type FcHost, type FcHostOptions, startFcHost } from '../../../local/fc/fc-host';
import type { Finished } from '../../../local/fc/async-queue';
import { fcDispatcher } from '../../../shared/app/fc/dispatcher';
import { systemClock, systemRandom } from '../../../shared/platform/system';
import { buildPrograms } from '../../harness/built-programs';

const place = { accountId: '1000000000000001', region: 'cn-hangzhou' };
const role = { accessKeyId: 'STS.role', accessKeySecret: 'role-secret', securityToken: 'role-token' };
const person = { accessKeyId: 'person', accessKeySecret: 'person-secret' };

let dist: string;
let host: FcHost | undefined;
let finished: Finished[];
let lines: string[];

beforeAll(() => {
  dist = buildPrograms('local/function-process.ts');
});
afterAll(() => rmSync(dist, { recursive: true, force: true }));
afterEach(async () => {
  await host?.close();
  host = undefined;
});

async function start(options: Partial<FcHostOptions> = {}): Promise<FcHost> {
  finished = [];
  lines = [];
  host = await startFcHost({
    dist,
    place,
    functions: [
      {
        name: 'echo',
        bundle: join(__dirname, 'functions', 'echo.cjs'),
        environment: { LIFEBOAT_TEST: 'yes' },
        timeout: 2,
        maxAsyncRetryAttempts: 2,
      },
    ],
    credentials: () => role,
    keys: [person],
    duplicate: () => false,
    finished: (result) => finished.push(result),
    log: (_, line) => lines.push(line),
    clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) },
    ...options,
  });
  return host;
}

function answerOf(outcome: { body?: Buffer }): Record<string, unknown> {
  return JSON.parse(outcome.body!.toString());
}

describe('the FC host', () => {
  it('calls a function as FC does: a Buffer, a context with the credentials of its role, FC variables', async () => {
    process.env.LIFEBOAT_SECRET_OF_THE_HOST = 'x';
    const { invoke } = await start();
    const answer = answerOf(await invoke('echo', { a: 1 }));
    expect(answer).toMatchObject({
      buffer: true,
      event: '{"a":1}',
      context: {
        credentials: role,
        function: { name: 'echo', handler: 'index.handler', timeout: 2 },
        ...place,
        retryCount: 0,
      },
      environment: { LIFEBOAT_TEST: 'yes', FC_FUNCTION_NAME: 'echo', LIFEBOAT_FC_ENDPOINT: host!.endpoint },
    });
    expect(answer.environment).not.toHaveProperty('LIFEBOAT_SECRET_OF_THE_HOST');
    expect(lines.join('\n')).toMatch(/^\d{4}-\S+Z [0-9a-f-]{36} \[info\] asked {"calls":1}$/);
  });

  it('uses a warm instance again, and a second one only for a request at the same time', async () => {
    const { invoke } = await start();
    const first = answerOf(await invoke('echo', {}));
    const again = answerOf(await invoke('echo', {}));
    expect([again.pid, again.calls]).toEqual([first.pid, 2]);
    const both = await Promise.all([invoke('echo', { wait: 200 }), invoke('echo', { wait: 200 })]);
    expect(new Set(both.map((outcome) => answerOf(outcome).pid)).size).toBe(2);
  });

  it('reports a thrown error, a process that ends and one that takes too long, and goes on', async () => {
    const { invoke } = await start();
    expect(await invoke('echo', { fail: 'no' })).toEqual({
      error: { errorType: 'RangeError', errorMessage: 'no' },
    });
    expect((await invoke('echo', { exit: 3 })).error).toMatchObject({ errorType: 'UnexpectedExit' });
    expect((await invoke('echo', { wait: 60_000 })).error).toMatchObject({
      errorType: 'Invocation timed out',
    });
    expect(answerOf(await invoke('echo', {})).calls).toBe(1);
  });

  it('tries an asynchronous message again after function errors, and tells it how often', async () => {
    const { send, idle } = await start();
    send('echo', { failUntilRetry: 2 });
    send('echo', { failUntilRetry: 9 });
    await idle();
    expect(finished.map(({ outcome }) => outcome.error?.errorMessage).sort()).toEqual(['not yet', undefined]);
    expect(lines).toHaveLength(6);
  });

  it('delivers some messages twice, on purpose', async () => {
    const { send, idle } = await start({ duplicate: (n) => n === 1 });
    send('echo', {});
    send('echo', {});
    await idle();
    expect(finished).toHaveLength(3);
    expect(new Set(finished.map(({ requestId }) => requestId)).size).toBe(2);
  });

  it('fires its timers with the envelope of a timer', async () => {
    const { fireTimer, idle } = await start({
      timers: [{ function: 'echo', triggerName: 'every-minute', every: 3_600_000, payload: '{}' }],
      clock: systemClock,
    });
    fireTimer('every-minute');
    await idle();
    const { event } = answerOf(finished[0]!.outcome);
    expect(JSON.parse(String(event))).toEqual({
      triggerName: 'every-minute',
      payload: '{}',
      triggerTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  it('hands OSS events to the function of the trigger', async () => {
    let deliver: (event: Buffer) => void = () => {};
    const filter = {
      bucket: 'b',
      events: ['oss:ObjectCreated:PutObject'],
      prefix: 'backups/',
      suffix: 'x.json',
    };
    const { idle } = await start({
      ossTriggers: [{ function: 'echo', filter }],
      subscribe(given, to) {
        expect(given).toEqual(filter);
        deliver = to;
        return () => {};
      },
    });
    deliver(Buffer.from('{"events":[]}'));
    await idle();
    expect(answerOf(finished[0]!.outcome)).toMatchObject({ event: '{"events":[]}' });
  });
});

describe('the HTTP endpoint of the FC host', () => {
  it('lets everybody in, with what they sent: the function looks who calls', async () => {
    const { apiUrl } = await start({ http: 'echo' });
    const headers = { authorization: 'Bearer of-somebody' };
    expect(await (await fetch(apiUrl, { headers })).json()).toMatchObject({
      headers: { Authorization: 'Bearer of-somebody' },
    });
    expect(lines).toHaveLength(1);
  });

  it('hands the request over in the v1 envelope', async () => {
    const { apiUrl, apiToken } = await start({ http: 'echo' });
    const headers = { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' };
    const text = await fetch(`${apiUrl}/a%20b?x=1&x=2`, { method: 'POST', headers, body: '{"ö":1}' });
    expect(await text.json()).toMatchObject({
      version: 'v1',
      rawPath: '/a%20b',
      body: '{"ö":1}',
      isBase64Encoded: false,
      headers: { 'Content-Type': 'application/json' },
      queryParameters: { x: '1,2' },
      requestContext: { http: { method: 'POST', path: '/a b' } },
    });
    const bytes = await fetch(apiUrl, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
      body: Buffer.from([0, 255]),
    });
    expect(await bytes.json()).toMatchObject({ isBase64Encoded: true, body: 'AP8=' });
  });
});

describe('the invocation endpoint of the FC host', () => {
  const run = { kind: 'backups', name: 'shop-1' } as const;
  const functions = { backups: 'echo', restores: 'missing' };
  const dispatcher = (credentials: {
    accessKeyId: string;
    accessKeySecret: string;
    securityToken?: string;
  }) =>
    fcDispatcher({
      ...place,
      endpoint: host!.endpoint,
      credentials: () => credentials,
      functions,
      clock: systemClock,
      random: systemRandom,
    });

  it('starts a worker once a task id, whoever asks', async () => {
    const { idle } = await start();
    expect(await dispatcher(role).start(run, 'b_1')).toBe('sent');
    expect(await dispatcher(person).start(run, 'b_1')).toBe('already-sent');
    expect(await dispatcher(person).start(run, 'b_2')).toBe('sent');
    await idle();
    expect(finished).toHaveLength(2);
    expect(answerOf(finished[0]!.outcome).event).toBe('{"kind":"backups","name":"shop-1"}');
  });

  it.each([
    ['an unknown key', { accessKeyId: 'nobody', accessKeySecret: 'x' }, 'InvalidAccessKeyID'],
    ['a wrong secret', { ...person, accessKeySecret: 'x' }, 'SignatureNotMatch'],
    ['another token', { ...role, securityToken: 'old' }, 'InvalidSecurityToken'],
  ])('refuses %s', async (_, credentials, code) => {
    await start();
    await expect(dispatcher(credentials).start(run, 'b_1')).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining(code),
    });
    expect(finished).toHaveLength(0);
  });

  it('refuses a call whose payload or headers were changed on their way', async () => {
    const { endpoint } = await start();
    const { default: Client } = await import('@alicloud/fc2');
    const path = '/2023-03-30/functions/echo/invocations';
    const body = Buffer.from('{}');
    const signed: Record<string, string> = {
      'content-type': 'application/octet-stream',
      'content-md5': Buffer.from(createHash('md5').update(body).digest('hex')).toString('base64'),
      date: new Date().toUTCString(),
      'x-fc-account-id': place.accountId,
    };
    signed.authorization = Client.getSignature(
      person.accessKeyId,
      person.accessKeySecret,
      'POST',
      path,
      signed,
    );
    const call = (headers: Record<string, string>, payload = body) =>
      fetch(endpoint + path, { method: 'POST', headers, body: payload });
    expect((await call(signed)).status).toBe(200);
    const changed = await call(signed, Buffer.from('{"fail":"x"}'));
    expect([changed.status, await changed.json()]).toMatchObject([400, { ErrorCode: 'ChecksumNotMatch' }]);
    const added = await call({ ...signed, 'x-fc-invocation-type': 'Async' });
    expect([added.status, await added.json()]).toMatchObject([403, { ErrorCode: 'SignatureNotMatch' }]);
    const late = await call({ ...signed, date: 'Sun, 01 Jan 2023 00:00:00 GMT' });
    expect([late.status, await late.json()]).toMatchObject([403, { ErrorCode: 'RequestTimeTooSkewed' }]);
  });

  it('says which function is missing', async () => {
    await start();
    await expect(dispatcher(person).start({ ...run, kind: 'restores' }, 'r_1')).rejects.toMatchObject({
      kind: 'not-found',
      message: 'function missing could not be started: 404 FunctionNotFound',
    });
  });
});
