import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { FaultPlan } from '../../../local/oss/faults';
import { refusal } from './signed-client';
import { startTestServer, type TestServer } from './test-server';

let test: TestServer;
beforeAll(async () => {
  test = await startTestServer();
  await test.client.put('object', Buffer.alloc(100_000, 'a'));
});
afterEach(() => test.server.faults.clear());
afterAll(() => test.close());

const exists = async (key: string) => (await test.client.head(key)).status === 200;

describe('a plan of faults', () => {
  const request = { operation: 'PutObject', bucket: 'bkt', key: 'a/b' };
  const fault = { kind: 'html' } as const;

  it('hits what matches, after some, so many times', () => {
    const plan = new FaultPlan();
    const active = plan.add({ operation: ['PutObject', 'GetObject'], key: /^a\//, skip: 1, count: 2, fault });
    const hits = [0, 1, 2, 3, 4].map(() => plan.take(request) !== undefined);
    expect(hits).toEqual([false, true, true, false, false]);
    expect(active.hits).toBe(2);
  });

  it('leaves alone what does not match, and everything once it is removed', () => {
    const plan = new FaultPlan();
    const active = plan.add({
      operation: 'PutObject',
      bucket: 'bkt',
      key: 'a/',
      count: Number.POSITIVE_INFINITY,
      fault,
    });
    expect(plan.take({ ...request, operation: 'GetObject' })).toBeUndefined();
    expect(plan.take({ ...request, bucket: 'other' })).toBeUndefined();
    expect(plan.take({ ...request, key: 'b/a' })).toBeUndefined();
    expect(plan.take({ ...request, key: undefined })).toBeUndefined();
    expect(plan.take(request)).toBe(fault);
    active.remove();
    expect(plan.take(request)).toBeUndefined();
  });
});

describe('an injected fault', () => {
  it('resets before or after the change is made', async () => {
    test.server.faults.add({ fault: { kind: 'reset-before-commit' } });
    await expect(test.client.put('before', 'x')).rejects.toThrow();
    expect(await exists('before')).toBe(false);
    test.server.faults.add({ fault: { kind: 'reset-after-commit' } });
    await expect(test.client.put('after', 'x')).rejects.toThrow();
    expect(await exists('after')).toBe(true);
  });

  it('resets the end of an upload before or after it is made', async () => {
    const id = await test.client.initiate('upload');
    const { headers } = await test.client.uploadPart('upload', id, 1, Buffer.from('x'));
    const parts = [{ number: 1, etag: headers.etag! }];
    test.server.faults.add({ operation: 'CompleteMultipartUpload', fault: { kind: 'reset-before-commit' } });
    await expect(test.client.complete('upload', id, parts)).rejects.toThrow();
    expect(await exists('upload')).toBe(false);
    test.server.faults.add({ operation: 'CompleteMultipartUpload', fault: { kind: 'reset-after-commit' } });
    await expect(test.client.complete('upload', id, parts)).rejects.toThrow();
    expect(await exists('upload')).toBe(true);
    expect(refusal(await test.client.complete('upload', id, parts))).toBe('404 NoSuchUpload');
  });

  it('answers with an error, with or without having made the change', async () => {
    const busy = { kind: 'status', status: 503, code: 'ServiceUnavailable' } as const;
    test.server.faults.add({ fault: busy });
    expect(refusal(await test.client.put('busy', 'x'))).toBe('503 ServiceUnavailable');
    expect(await exists('busy')).toBe(false);
    test.server.faults.add({ fault: { ...busy, afterCommit: true } });
    expect(refusal(await test.client.put('busy', 'x'))).toBe('503 ServiceUnavailable');
    expect(await exists('busy')).toBe(true);
    test.server.faults.add({ fault: { ...busy, status: 429, headers: { 'Retry-After': '1' } } });
    expect((await test.client.get('busy')).headers['retry-after']).toBe('1');
  });

  it('answers as a proxy does, and changes nothing', async () => {
    test.server.faults.add({ fault: { kind: 'html' } });
    const answer = await test.client.put('proxied', 'x');
    expect([answer.status, answer.headers['content-type']]).toEqual([502, 'text/html']);
    expect(await exists('proxied')).toBe(false);
  });

  it('says that a token has expired', async () => {
    test.server.faults.add({ fault: { kind: 'expired-token' } });
    expect(refusal(await test.client.head('object'))).toBe('403 SecurityTokenExpired');
  });

  it('stalls before the headers and in the body', async () => {
    for (const fault of [
      { kind: 'stall-before-headers', ms: 200 },
      { kind: 'stall-in-body', afterBytes: 10, ms: 200 },
    ] as const) {
      test.server.faults.add({ fault });
      const started = performance.now();
      expect((await test.client.get('object')).body).toHaveLength(100_000);
      expect(performance.now() - started).toBeGreaterThan(190);
    }
  });

  it('stalls for ever until the server closes', async () => {
    const stuck = await startTestServer();
    stuck.server.faults.add({ fault: { kind: 'stall-before-headers' } });
    const waiting = stuck.client.put('object', 'x').then(
      () => 'answered',
      () => 'broken',
    );
    expect(await Promise.race([waiting, delay(300, 'waiting')])).toBe('waiting');
    await stuck.close();
    expect(await waiting).toBe('broken');
  });

  it('breaks off in the body', async () => {
    test.server.faults.add({ fault: { kind: 'truncate', afterBytes: 1000 } });
    await expect(test.client.get('object')).rejects.toThrow('aborted');
  });

  it('turns one bit of what is read, or of what is written', async () => {
    test.server.faults.add({ operation: 'GetObject', fault: { kind: 'bit-flip', atByte: 7 } });
    const damaged = (await test.client.get('object')).body;
    expect([...damaged.entries()].filter(([, byte]) => byte !== 97)).toEqual([[7, 96]]);
    test.server.faults.add({ operation: 'PutObject', fault: { kind: 'bit-flip', atByte: 0 } });
    await test.client.put('flipped', 'a');
    expect((await test.client.get('flipped')).text).toBe('`');
  });

  it('slows a body down', async () => {
    test.server.faults.add({ fault: { kind: 'slow-body', bytesPerSecond: 400_000 } });
    const started = performance.now();
    await test.client.get('object');
    expect(performance.now() - started).toBeGreaterThan(200);
  });

  it('is counted among the requests', async () => {
    const before = test.server.requests.GetObject ?? 0;
    test.server.faults.add({ fault: { kind: 'reset-before-commit' } });
    await expect(test.client.get('object')).rejects.toThrow();
    await test.client.get('object');
    expect(test.server.requests.GetObject).toBe(before + 2);
  });
});
