import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { isKind } from '../../../../shared/platform/errors';
import type { LogFields } from '../../../../shared/platform/log/log';
import { silentLog } from '../../../../shared/platform/log/log';
import { systemClock } from '../../../../shared/platform/system';
import { failure, impatient, type OssFixture, startFixture, storeOn } from './oss-fixture';
import { fromOss, startScripted } from './scripted-server';

describe('a call to OSS', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());
  afterEach(() => oss.server.faults.clear());

  describe('is tried again, which ali-oss does for few errors and never for a part,', () => {
    const faults = {
      '503 of a throttled bucket': { kind: 'status', status: 503, code: 'PartitionQpsLimitted' },
      '500': { kind: 'status', status: 500, code: 'InternalError' },
      '429': { kind: 'status', status: 429, code: 'TooManyRequests' },
      "a proxy's 502 in HTML": { kind: 'html' },
      'a reset before the change': { kind: 'reset-before-commit' },
      'a reset after the change': { kind: 'reset-after-commit' },
      'a response timeout': { kind: 'stall-before-headers' },
    } as const;

    it.each(Object.keys(faults) as (keyof typeof faults)[])('after %s', async (name) => {
      const store = oss.open({ timeouts: { idle: 150 } });
      const upload = await store.startUpload('retried/upload');
      for (const operation of ['PutObject', 'HeadObject', 'ListObjectsV2', 'UploadPart', 'DeleteObject']) {
        oss.server.faults.add({ operation, count: 2, fault: faults[name] });
      }

      await store.put('retried/key', Buffer.from('123456789'));
      expect((await store.head('retried/key'))!.crc64).toBe('11051210869376104954');
      for await (const page of store.list('retried/')) expect(page.objects).toHaveLength(1);
      expect(await upload.part(1, Buffer.from('1'))).toMatchObject({ number: 1 });
      await store.delete(['retried/key']);
    });
  });

  it('ends as unavailable after the last try, and says what happened to what', async () => {
    oss.server.faults.add({
      operation: 'PutObject',
      count: 99,
      fault: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
    });
    const before = oss.server.requests.PutObject ?? 0;

    const error = await failure(oss.store.put('some/key', Buffer.from('x')));

    expect(isKind(error, 'unavailable')).toBe(true);
    expect(String(error)).toMatch(
      /PutObject oss:\/\/plain\/some\/key: ServiceUnavailable \(status 503, request [0-9A-F]{24}/,
    );
    expect(oss.server.requests.PutObject! - before).toBe(impatient.attempts);
  });

  it('waits as long as x-oss-qos-delay-time says', async () => {
    const slept: number[] = [];
    const clock = { ...systemClock, sleep: async (ms: number) => void slept.push(ms) };
    await oss.store.put('throttled', Buffer.from('x'));
    oss.server.faults.add({
      operation: 'HeadObject',
      fault: {
        kind: 'status',
        status: 503,
        code: 'DownloadTrafficRateLimitExceeded',
        headers: { 'x-oss-qos-delay-time': '1234' },
      },
    });

    await oss.open({ clock }).head('throttled');

    expect(slept).toEqual([1234]);
  });

  it('is tried again when nothing listens, and tells where', async () => {
    const error = await failure(storeOn('http://127.0.0.1:9').head('x'));

    expect(isKind(error, 'unavailable')).toBe(true);
    expect(String(error)).toContain('ECONNREFUSED');
  });

  it('is not tried again when it is refused', async () => {
    const before = oss.server.requests.PutObject ?? 0;
    oss.server.faults.add({
      operation: 'PutObject',
      fault: { kind: 'status', status: 403, code: 'AccessDenied' },
    });

    const error = await failure(oss.store.put('x', Buffer.from('x')));

    expect(isKind(error, 'denied')).toBe(true);
    expect(oss.server.requests.PutObject! - before).toBe(1);
  });

  it('corrects a clock that OSS finds too far off, which ali-oss leaves wrong in Node', async () => {
    const hour = 3_600_000;
    const slow = { ...systemClock, now: () => new Date(Date.now() - hour) };
    const store = oss.open({ clock: slow });

    await store.put('skewed', Buffer.from('x'));
    const before = oss.server.requests.HeadObject ?? 0;
    await store.head('skewed');

    expect(oss.server.requests.HeadObject! - before).toBe(1);
  });

  it('may last longer than any timeout while bytes come, where ali-oss counts from the first to the last', async () => {
    const body = Buffer.alloc(60_000, 'slow');
    const store = oss.open({ timeouts: { idle: 400 }, retry: { ...impatient, attempts: 1 } });
    await store.put('slow', body);
    oss.server.faults.add({ operation: 'GetObject', fault: { kind: 'slow-body', bytesPerSecond: 50_000 } });
    const started = performance.now();

    expect((await store.get('slow')).body.equals(body)).toBe(true);

    expect(performance.now() - started).toBeGreaterThan(1000);
  });

  it('has time for the length of its body: what the kernel has taken may still be on its way', async () => {
    const body = Buffer.alloc(60_000, 'slow');
    const store = oss.open({ timeouts: { idle: 100 }, retry: { ...impatient, attempts: 1 } });
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'slow-body', bytesPerSecond: 400_000 } });
    const started = performance.now();

    await store.put('slow', body);

    expect(performance.now() - started).toBeGreaterThan(120);
  });

  it('ends at once with the reason of its signal', async () => {
    const started = performance.now();
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'stall-before-headers' } });
    const reason = new Error('lease lost');
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 50);

    expect(await failure(oss.store.put('x', Buffer.from('x'), { signal: stop.signal }))).toBe(reason);
    expect(await failure(oss.store.put('x', Buffer.from('x'), { signal: stop.signal }))).toBe(reason);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('logs every further try', async () => {
    const lines: [string, LogFields | undefined][] = [];
    const log = {
      ...silentLog,
      warn: (message: string, fields?: LogFields) => void lines.push([message, fields]),
    };
    await oss.store.put('logged', Buffer.from('x'));
    oss.server.faults.add({ operation: 'HeadObject', fault: { kind: 'reset-before-commit' } });

    await oss.open({ log }).head('logged');

    expect(lines).toEqual([
      [
        expect.any(String),
        {
          error: expect.stringContaining('HeadObject oss://plain/logged'),
          attempt: 1,
          wait: expect.any(Number),
        },
      ],
    ]);
  });

  it('goes over one connection, call after call', async () => {
    const server = await startScripted((_, response) => {
      response.writeHead(404, { ...fromOss, 'content-length': '0' }).end();
    });
    const store = storeOn(server.endpoint);

    for (let call = 0; call < 5; call++) await store.head('x');

    expect(server.connections()).toBe(1);
    await server.close();
  });

  it('prints nothing about timeouts and resets, where urllib warns of callbacks', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    const store = oss.open({ timeouts: { idle: 50 } });
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'stall-before-headers' } });
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'reset-before-commit' } });

    await store.put('quiet', Buffer.from('x'));

    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
