import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { crc64 } from '../../../shared/platform/oss/crc64';
import { refusal, tag, tags } from './signed-client';
import { startTestServer, type TestServer } from './test-server';

let test: TestServer;
beforeAll(async () => {
  test = await startTestServer();
});
afterAll(() => test.close());

const large = 150 * 1024;

async function upload(key: string, bodies: Buffer[]) {
  const id = await test.client.initiate(key);
  const parts: { number: number; etag: string }[] = [];
  for (const [index, body] of bodies.entries()) {
    const { headers } = await test.client.uploadPart(key, id, index + 1, body);
    parts.push({ number: index + 1, etag: headers.etag! });
  }
  return { id, parts };
}

describe('a multipart upload', () => {
  it('becomes one object with the checksum of the whole', async () => {
    const bodies = [randomBytes(large), randomBytes(large + 1), randomBytes(7)];
    const { id, parts } = await upload('whole', bodies);
    expect(refusal(await test.client.get('whole'))).toBe('404 NoSuchKey');
    const completed = await test.client.complete('whole', id, parts);
    const whole = Buffer.concat(bodies);
    expect(completed.status).toBe(200);
    expect(completed.headers['x-oss-hash-crc64ecma']).toBe(crc64(whole));
    expect(completed.headers.etag).toMatch(/^"[0-9A-F]{32}-3"$/);
    const got = await test.client.get('whole');
    expect(got.body.equals(whole)).toBe(true);
    expect(got.headers['x-oss-object-type']).toBe('Multipart');
    const span = await test.client.get('whole', { range: `bytes=${large - 3}-${2 * large + 3}` });
    expect(span.body.equals(whole.subarray(large - 3, 2 * large + 4))).toBe(true);
  });

  it('takes the headers of its start and leaves the object of its name alone until the end', async () => {
    await test.client.put('kept', 'before');
    const id = await test.client.initiate('kept', {
      'x-oss-meta-colour': 'red',
      'content-type': 'text/plain',
    });
    const { headers } = await test.client.uploadPart('kept', id, 5, Buffer.from('after'));
    expect((await test.client.get('kept')).text).toBe('before');
    await test.client.complete('kept', id, [{ number: 5, etag: headers.etag! }]);
    const got = await test.client.get('kept');
    expect([got.text, got.headers['x-oss-meta-colour'], got.headers['content-type']]).toEqual([
      'after',
      'red',
      'text/plain',
    ]);
  });

  it('replaces a part that is sent again', async () => {
    const id = await test.client.initiate('again');
    const first = await test.client.uploadPart('again', id, 1, Buffer.from('first'));
    const second = await test.client.uploadPart('again', id, 1, Buffer.from('second'));
    const stale = await test.client.complete('again', id, [{ number: 1, etag: first.headers.etag! }]);
    expect(refusal(stale)).toBe('400 InvalidPart');
    await test.client.complete('again', id, [{ number: 1, etag: second.headers.etag! }]);
    expect((await test.client.get('again')).text).toBe('second');
  });

  it('is not completed with parts that are small, out of order or missing', async () => {
    const { id, parts } = await upload('wrong', [Buffer.alloc(100 * 1024 - 1), randomBytes(large)]);
    const [one, two] = parts as [(typeof parts)[0], (typeof parts)[0]];
    const complete = async (list: typeof parts) => refusal(await test.client.complete('wrong', id, list));
    expect(await complete([one, two])).toBe('400 EntityTooSmall');
    expect(await complete([two, one])).toBe('400 InvalidPartOrder');
    expect(await complete([{ number: 3, etag: one.etag }])).toBe('400 InvalidPart');
    expect(await complete([])).toBe('400 MalformedXML');
    expect((await test.client.complete('wrong', id, [two])).status).toBe(200);
  });

  it('ends once', async () => {
    const { id, parts } = await upload('once', [Buffer.from('x')]);
    const answers = await Promise.all([1, 2, 3].map(() => test.client.complete('once', id, parts)));
    expect(answers.map(refusal).sort()).toEqual(['200 undefined', '404 NoSuchUpload', '404 NoSuchUpload']);
    expect(refusal(await test.client.uploadPart('once', id, 1, Buffer.from('y')))).toBe('404 NoSuchUpload');
    expect(refusal(await test.client.delete('once', { uploadId: id }))).toBe('404 NoSuchUpload');
  });

  it('is forbidden to overwrite at its end as well as at its start', async () => {
    const { id, parts } = await upload('forbidden', [Buffer.from('later')]);
    await test.client.put('forbidden', 'sooner');
    const forbid = { 'x-oss-forbid-overwrite': 'true' };
    const end = await test.client.complete('forbidden', id, parts, forbid);
    expect(refusal(end)).toBe('409 FileAlreadyExists');
    expect((await test.client.get('forbidden')).text).toBe('sooner');
    const start = await test.client.send({
      method: 'POST',
      key: 'forbidden',
      query: { uploads: '' },
      headers: forbid,
    });
    expect(refusal(start)).toBe('409 FileAlreadyExists');
    expect((await test.client.delete('forbidden', { uploadId: id })).status).toBe(204);
  });

  it('lists its parts, page by page', async () => {
    const { id } = await upload('parts', [Buffer.from('1'), Buffer.from('22'), Buffer.from('333')]);
    const list = (query: Record<string, string>) => test.client.get('parts', {}, { uploadId: id, ...query });
    const first = await list({ 'max-parts': '2' });
    expect([tags(first, 'PartNumber'), tag(first, 'IsTruncated')]).toEqual([['1', '2'], 'true']);
    const rest = await list({ 'part-number-marker': tag(first, 'NextPartNumberMarker')! });
    expect([tags(rest, 'Size'), tag(rest, 'IsTruncated')]).toEqual([['3'], 'false']);
    await test.client.delete('parts', { uploadId: id });
  });

  it('is found by key while it is unfinished', async () => {
    const ids = [await test.client.initiate('pending/a'), await test.client.initiate('pending/a')].sort();
    const other = await test.client.initiate('pending/b/1');
    const list = (query: Record<string, string>) =>
      test.client.list({ uploads: '', prefix: 'pending/', ...query });
    expect(tags(await list({}), 'UploadId')).toEqual([...ids, other]);
    const first = await list({ 'max-uploads': '1' });
    const marker = {
      'key-marker': tag(first, 'NextKeyMarker')!,
      'upload-id-marker': tag(first, 'NextUploadIdMarker')!,
    };
    expect(tags(await list(marker), 'UploadId')).toEqual([ids[1], other]);
    expect((await list({ delimiter: '/' })).text).toContain('<CommonPrefixes><Prefix>pending/b/</Prefix>');
    for (const id of ids) await test.client.delete('pending/a', { uploadId: id });
    await test.client.delete('pending/b/1', { uploadId: other });
  });

  it('takes a part from an object; the result has no checksum', async () => {
    await test.client.put('source', '0123456789');
    const id = await test.client.initiate('pieced');
    const copied = await test.client.send({
      method: 'PUT',
      key: 'pieced',
      query: { partNumber: '1', uploadId: id },
      headers: { 'x-oss-copy-source': '/bkt/source', 'x-oss-copy-source-range': 'bytes=2-4' },
    });
    const completed = await test.client.complete('pieced', id, [{ number: 1, etag: tag(copied, 'ETag')! }]);
    expect(completed.status).toBe(200);
    expect(completed.headers['x-oss-hash-crc64ecma']).toBeUndefined();
    expect((await test.client.get('pieced')).text).toBe('234');
  });

  it('takes 10,000 parts', async () => {
    const id = await test.client.initiate('many');
    const { headers } = await test.client.uploadPart('many', id, 10_000, Buffer.from('x'));
    const quoted = headers.etag!.replaceAll('"', '&quot;');
    const parts = Array.from({ length: 10_000 }, (_, index) => ({ number: index + 1, etag: quoted }));
    expect(refusal(await test.client.complete('many', id, parts))).toBe('400 InvalidPart');
    const last = await test.client.complete('many', id, [{ number: 10_000, etag: quoted }]);
    expect(last.status).toBe(200);
    expect(refusal(await test.client.uploadPart('many', id, 10_001, Buffer.from('x')))).toBe(
      '400 InvalidArgument',
    );
  });

  it('leaves no bytes behind, however it ends', async () => {
    const lone = await startTestServer();
    const id = await lone.client.initiate('x');
    await lone.client.uploadPart('x', id, 1, Buffer.from('1'));
    await lone.client.uploadPart('x', id, 1, Buffer.from('2'));
    await lone.client.delete('x', { uploadId: id });
    await lone.client.put('x', '1');
    await lone.client.put('x', '2', { 'x-oss-forbid-overwrite': 'true' });
    await lone.client.put('x', '3');
    await lone.client.delete('x');
    expect(await readdir(join(lone.directory, 'buckets/bkt/bodies'))).toEqual([]);
    expect(await readdir(join(lone.directory, 'buckets/bkt/uploads'))).toEqual([]);
    expect(await readdir(join(lone.directory, 'temporary'))).toEqual([]);
    await lone.close();
  });
});
