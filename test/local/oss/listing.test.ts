import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refusal, tag, tags } from './signed-client';
import { startTestServer, type TestServer } from './test-server';

let test: TestServer;
const keys = ['a', 'a/', 'a/1', 'a/2/x', 'a/2/y', 'a/3', 'b/1', 'c', 'ü/1', '\u{1F600}', '\uFF5E'];

beforeAll(async () => {
  test = await startTestServer();
  for (const key of keys) await test.client.put(key, key);
});
afterAll(() => test.close());

/** What a listing must hold: computed from the keys alone. */
function model(prefix: string, delimiter: string): string[] {
  const folded = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return cut < 0 ? key : key.slice(0, cut + delimiter.length);
    });
  return [...new Set(folded)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function all(query: Record<string, string>, continuation: 'marker' | 'token'): Promise<string[]> {
  const found: string[] = [];
  let next: Record<string, string> = {};
  for (let page = 0; page < 50; page += 1) {
    const version: Record<string, string> = continuation === 'token' ? { 'list-type': '2' } : {};
    const answer = await test.client.list({ ...query, ...version, ...next });
    expect(answer.status).toBe(200);
    const prefixes = [...answer.text.matchAll(/<CommonPrefixes><Prefix>([^<]*)<\/Prefix>/g)].map(
      (match) => match[1]!,
    );
    const names = tags(answer, 'Key');
    expect(names.length + prefixes.length).toBeLessThanOrEqual(Number(query['max-keys']));
    if (continuation === 'token')
      expect(tag(answer, 'KeyCount')).toBe(String(names.length + prefixes.length));
    found.push(
      ...[...names, ...prefixes].map((name) => (query['encoding-type'] ? decodeURIComponent(name) : name)),
    );
    if (tag(answer, 'IsTruncated') === 'false') return found;
    const token = tag(answer, 'NextContinuationToken');
    if (continuation === 'token') expect(token).toMatch(/^[\w-]+$/);
    const marker = tag(answer, 'NextMarker');
    next =
      continuation === 'token'
        ? { 'continuation-token': token! }
        : { marker: query['encoding-type'] ? decodeURIComponent(marker!) : marker! };
  }
  throw new Error('the listing does not end');
}

describe('listing', () => {
  it('walks every page to the keys and prefixes that are there, each once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'a', 'a/', 'a/2', 'b/', 'nothing', 'ü'),
        fc.constantFrom('', '/', '2/'),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('marker' as const, 'token' as const),
        fc.boolean(),
        async (prefix, delimiter, size, continuation, encoded) => {
          const query: Record<string, string> = { 'max-keys': String(size) };
          if (prefix) query.prefix = prefix;
          if (delimiter) query.delimiter = delimiter;
          if (encoded) query['encoding-type'] = 'url';
          const found = await all(query, continuation);
          expect([...found].sort()).toEqual([...model(prefix, delimiter)].sort());
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is in the order of UTF-8 bytes', async () => {
    expect(tags(await test.client.list(), 'Key')).toEqual([...model('', '')]);
  });

  it('starts after a key', async () => {
    const answer = await test.client.list({ 'list-type': '2', 'start-after': 'a/3', 'max-keys': '2' });
    expect(tags(answer, 'Key')).toEqual(['b/1', 'c']);
  });

  it('passes a prefix whole when the marker lies in it', async () => {
    const answer = await test.client.list({ delimiter: '/', marker: 'a/', 'max-keys': '1' });
    expect(answer.text).toContain('<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>');
  });

  it('tells size, time and owner of each object', async () => {
    const answer = await test.client.list({ prefix: 'b/1' });
    expect(tag(answer, 'Size')).toBe('3');
    expect(tag(answer, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    expect(answer.text).toContain('<Owner><ID>');
    expect((await test.client.list({ 'list-type': '2' })).text).not.toContain('<Owner>');
    expect((await test.client.list({ 'list-type': '2', 'fetch-owner': 'true' })).text).toContain('<Owner>');
  });

  it.each(['0', '1001', 'x'])('refuses pages of %s', async (size) => {
    expect(refusal(await test.client.list({ 'max-keys': size }))).toBe('400 InvalidArgument');
  });

  it('says that a bucket is not there', async () => {
    const answer = await test.client.send({ method: 'GET', bucket: 'nobucket' });
    expect(refusal(answer)).toBe('404 NoSuchBucket');
    expect(tag(answer, 'BucketName')).toBe('nobucket');
  });
});
