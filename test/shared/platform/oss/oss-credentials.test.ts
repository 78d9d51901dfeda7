import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { isKind } from '../../../../shared/platform/errors';
import { CredentialsSource } from '../../../../shared/platform/oss/oss-credentials';
import type { OssCredentials } from '../../../../shared/platform/oss/oss-store';
import { systemClock } from '../../../../shared/platform/system';
import { failure, key, type OssFixture, startFixture } from './oss-fixture';

const token = (n: number): OssCredentials => ({
  accessKeyId: `STS.${n}`,
  accessKeySecret: `secret-${n}`,
  securityToken: `token-${n}`,
});

describe('credentials', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());
  afterEach(() => {
    oss.server.faults.clear();
    oss.credentials.splice(0, Number.POSITIVE_INFINITY, key);
  });

  it('are asked for at the first call and then kept', async () => {
    const ask = jest.fn(async () => key);
    const store = oss.open({ credentials: ask });
    expect(ask).not.toHaveBeenCalled();

    await Promise.all([store.head('a'), store.head('b'), store.head('c')]);
    await store.head('d');

    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('are asked for again when OSS says that the token has expired, which ali-oss does not notice', async () => {
    let issued = 0;
    const store = oss.open({ credentials: async () => token(++issued) });
    oss.credentials.push(token(1), token(2));
    await store.put('expiring', Buffer.from('1'));
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'expired-token' } });

    await store.put('expiring', Buffer.from('2'));

    expect(issued).toBe(2);
    expect((await store.get('expiring')).body.toString()).toBe('2');
  });

  it('are asked for again in the middle of an upload in parts', async () => {
    let issued = 0;
    const store = oss.open({ credentials: async () => token(++issued) });
    oss.credentials.push(token(1), token(2));
    oss.server.faults.add({ operation: 'UploadPart', fault: { kind: 'expired-token' } });

    const upload = await store.startUpload('expiring-upload');
    const part = await upload.part(1, Buffer.from('123456789'));
    await upload.complete([part], { size: 9, crc64: '11051210869376104954' });

    expect(issued).toBe(2);
  });

  it('that stay expired are an error after one more question', async () => {
    const ask = jest.fn(async () => token(1));
    oss.credentials.push(token(1));
    oss.server.faults.add({ count: 10, fault: { kind: 'expired-token' } });

    const error = await failure(oss.open({ credentials: ask }).get('x'));

    expect(isKind(error, 'denied')).toBe(true);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('are asked for again after five minutes, long before a token ends', async () => {
    let time = 0;
    const ask = jest.fn(async () => key);
    const store = oss.open({ credentials: ask, clock: { ...systemClock, monotonic: () => time } });
    await store.head('x');
    time = 4 * 60_000;
    await store.head('x');
    expect(ask).toHaveBeenCalledTimes(1);

    time = 6 * 60_000;
    await store.head('x');
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('stay in use while they cannot be refreshed, and are asked for again at the next call', async () => {
    let time = 0;
    const ask = jest.fn(async () => key);
    const store = oss.open({ credentials: ask, clock: { ...systemClock, monotonic: () => time } });
    await store.head('x');
    time = 6 * 60_000;
    ask.mockRejectedValueOnce(new Error('no route to STS'));

    await store.head('x');
    await store.head('x');

    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('that cannot be had are an error that quotes nothing of the provider', async () => {
    const store = oss.open({ credentials: () => Promise.reject(new Error('secret-in-message')) });

    const error = await failure(store.head('x'));

    expect(isKind(error, 'denied')).toBe(true);
    expect(JSON.stringify(error) + String(error)).not.toContain('secret-in-message');
  });

  it('with a token make no noise: ali-oss warns on the console about a token without its refresher', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
    oss.credentials.push(token(1));

    await oss.open({ credentials: async () => token(1) }).head('x');

    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('that are wrong are denied, with a hint', async () => {
    const store = oss.open({ credentials: async () => ({ ...key, accessKeySecret: 'wrong-secret' }) });

    const error = await failure(store.head('x'));

    expect(error).toMatchObject({ kind: 'denied', hint: expect.stringContaining('secret') });
    expect(String(error)).toContain('SignatureDoesNotMatch');
    expect(String(error)).not.toContain('wrong-secret');
  });
});

describe('credentials that say how long they are valid', () => {
  const hour = 3_600_000;
  /** A source whose n-th answer is valid for so long, on a clock that is moved by hand. */
  function source(validFor: number) {
    let now = 0;
    let asked = 0;
    const made = new CredentialsSource(async () => ({ ...token(++asked), validFor }), {
      ...systemClock,
      monotonic: () => now,
    });
    const at = (ms: number) => {
      now = ms;
    };
    return { made, at, asked: () => asked };
  }

  it('are kept until a quarter of an hour before their end, and then asked for anew', async () => {
    const { made, at, asked } = source(hour);
    await made.current();
    at(hour - 15 * 60_000 - 1);
    await made.current();
    expect(asked()).toBe(1);
    at(hour - 15 * 60_000);
    expect(await made.current()).toMatchObject({ accessKeyId: 'STS.2' });
  });

  it('are kept for half their time where that is short', async () => {
    const { made, at, asked } = source(20 * 60_000);
    await made.current();
    at(10 * 60_000 - 1);
    await made.current();
    expect(asked()).toBe(1);
    at(10 * 60_000);
    await made.current();
    expect(asked()).toBe(2);
  });

  it('are given up when OSS refuses them, and only they', async () => {
    const { made, asked } = source(hour);
    const first = await made.current();
    made.expire(token(7));
    await made.current();
    expect(asked()).toBe(1);
    made.expire({ ...first });
    await made.current();
    expect(asked()).toBe(2);
  });
});
