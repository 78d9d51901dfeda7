import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isKind } from '../../../../shared/platform/errors';
import { crc64 } from '../../../../shared/platform/oss/crc64';
import type { ObjectStore, Upload, UploadedPart } from '../../../../shared/platform/oss/port';
import { failure, impatient, type OssFixture, startFixture, storeOn } from './oss-fixture';
import { fromOss, startScripted } from './scripted-server';

const body = randomBytes(300 * 1024);
const expected = { size: body.length, crc64: crc64(body) };

describe('an upload in parts', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());
  afterEach(() => oss.server.faults.clear());

  it.each([
    ['the answer to the completion was lost', { kind: 'reset-after-commit' }],
    [
      'the completion was answered with 500',
      { kind: 'status', status: 500, code: 'InternalError', afterCommit: true },
    ],
    ['the completion took too long', { kind: 'stall-before-headers' }],
    ['the completion did not get through', { kind: 'reset-before-commit' }],
    ['the completion was throttled', { kind: 'status', status: 503, code: 'ServiceUnavailable' }],
  ] as const)('is complete although %s: repeated, it would be NoSuchUpload', async (name, fault) => {
    for (const createOnly of [false, true]) {
      const store = oss.open({ timeouts: { complete: 150 } });
      const key = `ambiguous/${name}-${createOnly}`;
      const { upload, parts } = await uploaded(store, key);
      oss.server.faults.add({ operation: 'CompleteMultipartUpload', fault });

      expect(await upload.complete(parts, expected, { createOnly })).toMatchObject({ key, ...expected });
      expect((await store.get(key)).body.equals(body)).toBe(true);
    }
  });

  it('is complete when the answer to the last try was lost', async () => {
    const store = oss.open({ retry: { ...impatient, attempts: 1 } });
    const { upload, parts } = await uploaded(store, 'last');
    oss.server.faults.add({ operation: 'CompleteMultipartUpload', fault: { kind: 'reset-after-commit' } });

    expect(await upload.complete(parts, expected)).toMatchObject(expected);
  });

  it('replaces an object of other bytes although the first answer was lost', async () => {
    await oss.store.put('replaced', Buffer.from('old'));
    const { upload, parts } = await uploaded(oss.store, 'replaced');
    oss.server.faults.add({ operation: 'CompleteMultipartUpload', fault: { kind: 'reset-before-commit' } });

    await upload.complete(parts, expected);

    expect((await oss.store.get('replaced')).body.equals(body)).toBe(true);
  });

  it('is a conflict when another wins between the look and the completion', async () => {
    const { upload, parts } = await uploaded(oss.store, 'raced');
    oss.server.faults.add({
      operation: 'CompleteMultipartUpload',
      fault: { kind: 'stall-before-headers', ms: 300, beforeCommit: true },
    });
    const completing = failure(upload.complete(parts, expected, { createOnly: true }));
    await delay(100);
    await oss.store.put('raced', Buffer.from('other'));

    expect(isKind(await completing, 'conflict')).toBe(true);
    expect((await oss.store.get('raced')).body.toString()).toBe('other');
  });

  it.each(['versioned', 'worm', 'plain'])(
    'is not completed over other bytes in the bucket %s',
    async (bucket) => {
      const store = oss.open({ bucket });
      const { upload, parts } = await uploaded(store, 'taken');
      await store.put('taken', Buffer.from('other'));

      const error = await failure(upload.complete(parts, expected, { createOnly: true }));

      expect(isKind(error, 'conflict')).toBe(true);
      expect(String(error)).toContain(`oss://${bucket}/taken`);
      expect((await store.get('taken')).body.toString()).toBe('other');
    },
  );

  it.each(['versioned', 'worm', 'plain'])(
    'may be completed by several at once in the bucket %s',
    async (bucket) => {
      const store = oss.open({ bucket });
      const { upload, parts } = await uploaded(store, 'replayed');
      const again = () =>
        store.resumeUpload('replayed', upload.id).complete(parts, expected, { createOnly: true });

      const heads = await Promise.all([again(), again(), again()]);

      for (const head of heads) expect(head).toMatchObject(expected);
    },
  );

  it('is found damaged when the whole has another CRC-64 than was sent', async () => {
    const { upload, parts } = await uploaded(oss.store, 'damaged');

    const error = await failure(upload.complete(parts, { ...expected, crc64: '1' }));

    expect(isKind(error, 'corrupt')).toBe(true);
  });

  it('is found damaged when the whole has another length than was sent', async () => {
    const { upload, parts } = await uploaded(oss.store, 'short');

    expect(isKind(await failure(upload.complete(parts, { ...expected, size: 1 })), 'corrupt')).toBe(true);
  });

  it('sends a part that was damaged on the way again: ali-oss sends parts without MD5', async () => {
    const upload = await oss.store.startUpload('flipped');
    oss.server.faults.add({ operation: 'UploadPart', fault: { kind: 'bit-flip', atByte: 1000 } });

    const parts = [await upload.part(1, body)];

    expect((await upload.complete(parts, expected)).crc64).toBe(expected.crc64);
  });

  it('goes on while another of the same store is aborted: an abort in ali-oss cancels them all', async () => {
    const one = await oss.store.startUpload('abort/one');
    const two = await oss.store.startUpload('abort/two');
    oss.server.faults.add({
      key: 'abort/two',
      operation: 'UploadPart',
      fault: { kind: 'slow-body', bytesPerSecond: 3_000_000 },
    });
    const sending = two.part(1, body);

    await one.abort();

    expect((await two.complete([await sending], expected)).crc64).toBe(expected.crc64);
  });

  it('is aborted again while a part that OSS was still taking has kept it', async () => {
    const asked: string[] = [];
    const server = await startScripted(({ method, url }, response) => {
      asked.push(method);
      const gone = asked.filter((one) => one === 'DELETE').length > 2;
      if (method === 'DELETE') return void response.writeHead(204, fromOss).end();
      const parts = '<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>';
      const missing = '<Error><Code>NoSuchUpload</Code></Error>';
      response.writeHead(gone ? 404 : 200, fromOss).end(gone ? missing : parts);
      expect(url).toContain('uploadId=u');
    });
    await storeOn(server.endpoint).resumeUpload('a', 'u').abort();
    expect(asked).toEqual(['DELETE', 'GET', 'DELETE', 'GET', 'DELETE', 'GET']);
    await server.close();
  });

  it('that stays after it was aborted again and again is an error', async () => {
    const server = await startScripted(({ method }, response) => {
      if (method === 'DELETE') return void response.writeHead(204, fromOss).end();
      const parts = '<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>';
      response.writeHead(200, fromOss).end(parts);
    });
    const error = await failure(storeOn(server.endpoint).resumeUpload('a', 'u').abort());
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('still there') });
    await server.close();
  }, 20_000);

  it('is aborted by a key that may not look at its parts', async () => {
    const server = await startScripted(({ method }, response) => {
      if (method === 'DELETE') return void response.writeHead(204, fromOss).end();
      response.writeHead(403, fromOss).end('<Error><Code>AccessDenied</Code></Error>');
    });
    await storeOn(server.endpoint).resumeUpload('a', 'u').abort();
    expect(server.seen.map(({ method }) => method)).toEqual(['DELETE', 'GET']);
    await server.close();
  });

  it('is not there for a part after it was aborted', async () => {
    const upload = await oss.store.startUpload('gone');
    await upload.abort();

    const error = await failure(upload.part(1, body));

    expect(error).toMatchObject({ kind: 'not-found', code: 'NoSuchUpload' });
  });

  it('has parts 1 to 10,000', async () => {
    const upload = oss.store.resumeUpload('numbers', 'id');

    for (const number of [0, 10_001, 1.5]) {
      expect(isKind(await failure(upload.part(number, body)), 'invalid')).toBe(true);
    }
  });

  it('is refused by OSS when a part but the last is too small, and says so', async () => {
    const upload = await oss.store.startUpload('small');
    const parts = [await upload.part(1, body.subarray(0, 10)), await upload.part(2, body)];

    const error = await failure(upload.complete(parts, { size: 10 + body.length, crc64: '0' }));

    expect(error).toMatchObject({ kind: 'invalid', code: 'EntityTooSmall' });
    await upload.abort();
  });

  it('takes the time it needs to be completed, beyond the idle timeout', async () => {
    const store = oss.open({ timeouts: { idle: 100 } });
    const { upload, parts } = await uploaded(store, 'long');
    oss.server.faults.add({
      operation: 'CompleteMultipartUpload',
      fault: { kind: 'stall-before-headers', ms: 400 },
    });
    const before = oss.server.requests.CompleteMultipartUpload ?? 0;

    await upload.complete(parts, expected);

    expect(oss.server.requests.CompleteMultipartUpload! - before).toBe(1);
  });
});

async function uploaded(store: ObjectStore, key: string): Promise<{ upload: Upload; parts: UploadedPart[] }> {
  const upload = await store.startUpload(key);
  return { upload, parts: [await upload.part(1, body)] };
}
