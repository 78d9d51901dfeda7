import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, tag, tags } from './signed-client';
import { startTestServer, type TestServer } from './test-server';

let test: TestServer;
beforeAll(async () => {
  test = await startTestServer();
});
afterAll(() => test.close());

const md5 = (body: string) => createHash('md5').update(body).digest('hex').toUpperCase();

describe('an object', () => {
  it('comes back with what it was put with', async () => {
    const put = await test.client.put('odd/kéy +%&=?', '123456789', {
      'content-type': 'text/plain',
      'cache-control': 'no-cache',
      'x-oss-meta-colour': 'red',
      'x-oss-server-side-encryption': 'AES256',
    });
    expect(put.status).toBe(200);
    expect(put.headers.etag).toBe(`"${md5('123456789')}"`);
    // The check value that the definition of CRC-64/XZ publishes.
    expect(put.headers['x-oss-hash-crc64ecma']).toBe('11051210869376104954');
    expect(put.headers['x-oss-server-side-encryption']).toBe('AES256');
    expect(put.headers['x-oss-request-id']).toMatch(/^[0-9A-F]{24}$/);
    const got = await test.client.get('odd/kéy +%&=?');
    expect(got.text).toBe('123456789');
    expect(got.headers).toMatchObject({
      etag: `"${md5('123456789')}"`,
      'content-type': 'text/plain',
      'cache-control': 'no-cache',
      'x-oss-meta-colour': 'red',
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
      'x-oss-server-side-encryption': 'AES256',
      'accept-ranges': 'bytes',
      'content-length': '9',
    });
    const head = await test.client.head('odd/kéy +%&=?');
    expect(head.headers['content-length']).toBe('9');
    expect(head.body.length).toBe(0);
  });

  it('is read in ranges, each with the checksum of the whole', async () => {
    await test.client.put('digits', '123456789');
    const part = await test.client.get('digits', { range: 'bytes=2-4' });
    expect([part.status, part.text, part.headers['content-range']]).toEqual([206, '345', 'bytes 2-4/9']);
    expect(part.headers['x-oss-hash-crc64ecma']).toBe('11051210869376104954');
    expect((await test.client.get('digits', { range: 'bytes=2-9' })).status).toBe(200);
    const standard = { range: 'bytes=9-', 'x-oss-range-behavior': 'standard' };
    expect(refusal(await test.client.get('digits', standard))).toBe('416 InvalidRange');
  });

  it('is replaced, but not where that is forbidden', async () => {
    await test.client.put('taken', 'first');
    const forbidden = await test.client.put('taken', 'second', { 'x-oss-forbid-overwrite': 'true' });
    expect(refusal(forbidden)).toBe('409 FileAlreadyExists');
    expect((await test.client.get('taken')).text).toBe('first');
    expect((await test.client.put('taken', 'third', { 'x-oss-forbid-overwrite': 'false' })).status).toBe(200);
    expect((await test.client.get('taken')).text).toBe('third');
    const unclear = await test.client.put('taken', 'x', { 'x-oss-forbid-overwrite': 'yes' });
    expect(refusal(unclear)).toBe('400 InvalidArgument');
  });

  it('is created by exactly one of many who forbid to overwrite it', async () => {
    const bodies = Array.from({ length: 20 }, (_, number) => `writer ${number}`);
    const answers = await Promise.all(
      bodies.map((body) => test.client.put('race', body, { 'x-oss-forbid-overwrite': 'true' })),
    );
    const winners = bodies.filter((_, number) => answers[number]!.status === 200);
    expect(winners).toHaveLength(1);
    expect((await test.client.get('race')).text).toBe(winners[0]);
  });

  it.each(['if-match', 'if-none-match'])('has no conditional writes: %s is refused', async (name) => {
    expect(refusal(await test.client.put('taken', 'x', { [name]: '*' }))).toBe('501 NotImplemented');
  });

  it('is refused when its Content-MD5 is that of other bytes', async () => {
    const other = createHash('md5').update('other').digest('base64');
    const answer = await test.client.put('damaged', 'bytes', { 'content-md5': other });
    expect(refusal(answer)).toBe('400 InvalidDigest');
    expect(refusal(await test.client.get('damaged'))).toBe('404 NoSuchKey');
  });

  it('is deleted as often as one likes', async () => {
    await test.client.put('gone', 'x');
    expect((await test.client.delete('gone')).status).toBe(204);
    expect((await test.client.delete('gone')).status).toBe(204);
    const missing = await test.client.get('gone');
    expect(refusal(missing)).toBe('404 NoSuchKey');
    expect(tag(missing, 'Key')).toBe('gone');
    const head = await test.client.head('gone');
    expect(refusal(head)).toBe('404 NoSuchKey');
    expect(head.body.length).toBe(0);
  });

  it('is never seen half replaced', async () => {
    const [one, other] = [Buffer.alloc(400_000, 'a'), Buffer.alloc(300_000, 'b')];
    await test.client.put('flicker', one);
    const reads = Array.from({ length: 20 }, () => test.client.get('flicker'));
    const writes = Array.from({ length: 6 }, (_, n) => test.client.put('flicker', n % 2 ? one : other));
    await Promise.all(writes);
    for (const { body } of await Promise.all(reads)) {
      expect(body.equals(one) || body.equals(other)).toBe(true);
    }
  });

  it('needs a name that OSS takes', async () => {
    expect(refusal(await test.client.put('k'.repeat(1024), ''))).toBe('400 InvalidObjectName');
    expect(refusal(await test.client.put('\\x', ''))).toBe('400 InvalidObjectName');
    expect((await test.client.put('k'.repeat(1023), '')).status).toBe(200);
  });

  it('is not confused with what the server does not serve', async () => {
    const answer = await test.client.send({
      method: 'PUT',
      key: 'taken',
      query: { tagging: '' },
      body: '<Tagging/>',
    });
    expect(refusal(answer)).toBe('501 NotImplemented');
  });
});

describe('conditional reads', () => {
  it('send the object, nothing, or a refusal', async () => {
    const { etag } = (await test.client.put('conditional', 'x')).headers;
    const tomorrow = new Date(Date.now() + 86_400_000).toUTCString();
    const yesterday = new Date(Date.now() - 86_400_000).toUTCString();
    const status = async (headers: Record<string, string>) =>
      (await test.client.get('conditional', headers)).status;
    expect(await status({ 'if-match': etag! })).toBe(200);
    expect(await status({ 'if-match': '"other"' })).toBe(412);
    expect(await status({ 'if-none-match': etag! })).toBe(304);
    expect(await status({ 'if-none-match': '"other"' })).toBe(200);
    expect(await status({ 'if-modified-since': tomorrow })).toBe(304);
    expect(await status({ 'if-modified-since': yesterday })).toBe(200);
    expect(await status({ 'if-unmodified-since': yesterday })).toBe(412);
    expect(await status({ 'if-unmodified-since': tomorrow })).toBe(200);
    const refused = await test.client.get('conditional', { 'if-match': '"other"' });
    expect(tag(refused, 'Condition')).toBe('If-Match');
  });
});

describe('a copy', () => {
  const copy = (key: string, source: string, headers: Record<string, string> = {}) =>
    test.client.send({ method: 'PUT', key, headers: { 'x-oss-copy-source': source, ...headers } });

  it('has the bytes and the metadata of its source, which may then go', async () => {
    await test.client.put('a/b 1', 'bytes', { 'x-oss-meta-colour': 'red', 'content-type': 'text/plain' });
    const answer = await copy('copied', '/bkt/a%2Fb%201');
    expect(tag(answer, 'ETag')).toBe(`&quot;${md5('bytes')}&quot;`);
    await test.client.delete('a/b 1');
    const got = await test.client.get('copied');
    expect([got.text, got.headers['x-oss-meta-colour'], got.headers['content-type']]).toEqual([
      'bytes',
      'red',
      'text/plain',
    ]);
  });

  it('has metadata of its own when it says so', async () => {
    await copy('renamed', '/bkt/copied', {
      'x-oss-metadata-directive': 'REPLACE',
      'x-oss-meta-size': 'small',
    });
    const { headers } = await test.client.get('renamed');
    expect([headers['x-oss-meta-colour'], headers['x-oss-meta-size']]).toEqual([undefined, 'small']);
  });

  it('is refused where its source, a condition or the target says no', async () => {
    expect(refusal(await copy('x', '/bkt/nothing'))).toBe('404 NoSuchKey');
    expect(refusal(await copy('x', '/nobucket/copied'))).toBe('404 NoSuchBucket');
    const conditional = await copy('x', '/bkt/copied', { 'x-oss-copy-source-if-match': '"other"' });
    expect(refusal(conditional)).toBe('412 PreconditionFailed');
    const forbidden = await copy('renamed', '/bkt/copied', { 'x-oss-forbid-overwrite': 'true' });
    expect(refusal(forbidden)).toBe('409 FileAlreadyExists');
  });
});

describe('an appendable object', () => {
  const append = (key: string, position: number, body: string) =>
    test.client.send({ method: 'POST', key, query: { append: '', position: String(position) }, body });

  it('grows at its end only', async () => {
    const first = await append('log', 0, '1234');
    expect(first.headers['x-oss-next-append-position']).toBe('4');
    const missed = await append('log', 0, 'x');
    expect(refusal(missed)).toBe('409 PositionNotEqualToLength');
    expect(missed.headers['x-oss-next-append-position']).toBe('4');
    expect((await append('log', 4, '56789')).headers['x-oss-hash-crc64ecma']).toBe('11051210869376104954');
    const got = await test.client.get('log', { range: 'bytes=3-5' });
    expect([got.text, got.headers['x-oss-object-type']]).toEqual(['456', 'Appendable']);
  });

  it('is not made of a normal one', async () => {
    await test.client.put('normal', 'x');
    expect(refusal(await append('normal', 1, 'y'))).toBe('409 ObjectNotAppendable');
  });

  it('takes one of many appends to one place', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, number) => append('contended', 0, `${number}`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await test.client.get('contended')).text).toHaveLength(1);
  });
});

describe('deleting many', () => {
  const remove = (body: string, headers?: Record<string, string>) =>
    test.client.send({
      method: 'POST',
      query: { delete: '' },
      headers: headers ?? { 'content-md5': createHash('md5').update(body).digest('base64') },
      body,
    });
  const list = (keys: string[], quiet = false) =>
    `<Delete>\n<Quiet>${quiet}</Quiet>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;

  it('names what it deleted, or nothing when it is to be quiet', async () => {
    await test.client.put('many/<1>', 'x');
    await test.client.put('many/2', 'x');
    expect(tags(await remove(list(['many/&lt;1&gt;', 'many/none'])), 'Key')).toEqual([
      'many/&lt;1&gt;',
      'many/none',
    ]);
    const quiet = await remove(list(['many/2'], true));
    expect([quiet.status, quiet.text]).toEqual([200, '']);
    expect(tags(await test.client.list({ prefix: 'many/' }), 'Key')).toEqual([]);
  });

  it('wants a Content-MD5, and no more than 1,000 keys', async () => {
    expect(refusal(await remove(list(['x']), {}))).toBe('400 MissingArgument');
    const keys = Array.from({ length: 1001 }, (_, number) => `k${number}`);
    expect(refusal(await remove(list(keys)))).toBe('400 MalformedXML');
    expect((await remove(list(keys.slice(1)))).status).toBe(200);
  });
});
