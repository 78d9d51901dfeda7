import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isKind } from '../../../../shared/platform/errors';
import { systemClock } from '../../../../shared/platform/system';
import { failure, impatient, type OssFixture, startFixture } from './oss-fixture';

const body = Buffer.from('{"nonce":"f00d"}');

describe('creating an object', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());
  afterEach(() => oss.server.faults.clear());

  it.each([
    ['the answer was lost', { kind: 'reset-after-commit' }],
    ['OSS said 500', { kind: 'status', status: 500, code: 'InternalError', afterCommit: true }],
    ['a proxy said 502', { kind: 'html' }],
    ['the answer did not come in time', { kind: 'stall-before-headers' }],
  ] as const)(
    'knows its own object again after %s: the second try is told that it exists',
    async (name, fault) => {
      const store = oss.open({ timeouts: { idle: 150 } });
      oss.server.faults.add({ operation: 'PutObject', fault });

      expect((await store.create(`own/${name}`, body)).created).toBe(true);
      expect((await store.create(`own/${name}`, body)).created).toBe(false);
    },
  );

  it('knows its own object again when the last answer was lost', async () => {
    const store = oss.open({ retry: { ...impatient, attempts: 1 } });
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'reset-after-commit' } });

    expect((await store.create('own/last', body)).created).toBe(true);
  });

  it("knows another's object by its bytes, when it was put while its own try was in doubt", async () => {
    const clock = {
      ...systemClock,
      sleep: async () => {
        await oss.store.put('other/meanwhile', Buffer.from('{"nonce":"beef"}'));
      },
    };
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'reset-before-commit' } });

    expect((await oss.open({ clock }).create('other/meanwhile', body)).created).toBe(false);
    expect((await oss.store.get('other/meanwhile')).body.toString()).toBe('{"nonce":"beef"}');
  });

  it('is an error when nobody knows whether it happened', async () => {
    oss.server.faults.add({ operation: 'PutObject', count: 99, fault: { kind: 'reset-before-commit' } });
    oss.server.faults.add({ operation: 'HeadObject', count: 99, fault: { kind: 'reset-before-commit' } });

    expect(isKind(await failure(oss.store.create('unknown', body)), 'unavailable')).toBe(true);
  });

  it('costs one request, whether it was first or not', async () => {
    await oss.store.create('cheap', body);
    const before = { ...oss.server.requests };

    await oss.store.create('cheap', body);

    const made = Object.entries(oss.server.requests).filter(([name, n]) => n !== before[name]);
    expect(made).toEqual([['PutObject', before.PutObject! + 1]]);
  });

  it('refuses a bucket that keeps versions, where x-oss-forbid-overwrite means nothing', async () => {
    const error = await failure(oss.open({ bucket: 'versioned' }).create('lock', body));

    expect(error).toMatchObject({ kind: 'conflict', hint: expect.stringContaining('versioning') });
    expect(String(error)).toContain('versioned');
  });

  it.each(['versioned', 'worm', 'plain'])('puts a side file into the bucket %s, once', async (bucket) => {
    const store = oss.open({ bucket });

    expect((await store.create('side', body, { exclusive: false })).created).toBe(true);
    expect((await store.create('side', body, { exclusive: false })).created).toBe(false);
    expect((await store.get('side')).body.equals(body)).toBe(true);
  });

  it('finds a lock taken in a bucket under WORM', async () => {
    const store = oss.open({ bucket: 'worm' });

    expect((await store.create('lock', body)).created).toBe(true);
    expect((await store.create('lock', Buffer.from('other'))).created).toBe(false);
  });

  it('is told of a body that was damaged on the way, and sends it again', async () => {
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'bit-flip', atByte: 3 } });

    expect((await oss.store.create('flipped', body)).created).toBe(true);
    expect((await oss.store.get('flipped')).body.equals(body)).toBe(true);
  });
});

describe('putting an object', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());

  it('sends a body that was damaged on the way again: OSS compares the MD5', async () => {
    oss.server.faults.add({ operation: 'PutObject', fault: { kind: 'bit-flip', atByte: 3 } });

    await oss.store.put('flipped', body);

    expect((await oss.store.get('flipped')).body.equals(body)).toBe(true);
  });

  it('over an object under WORM is denied, naming the key', async () => {
    const store = oss.open({ bucket: 'worm' });
    await store.put('kept', body);

    const error = await failure(store.put('kept', Buffer.from('other')));

    expect(isKind(error, 'denied')).toBe(true);
    expect(String(error)).toContain('oss://worm/kept');
  });

  it("does not write into the caller's options, as ali-oss does", async () => {
    const options = Object.freeze({ contentType: 'text/plain', meta: Object.freeze({ a: 'b' }) });

    await oss.store.put('frozen', Buffer.from('longer body'), options);
    await oss.store.put('frozen', Buffer.from('short'), options);
    const upload = await oss.store.startUpload('frozen-upload', options);
    await upload.abort();

    expect((await oss.store.get('frozen')).body.toString()).toBe('short');
  });
});
