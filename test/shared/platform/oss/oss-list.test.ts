import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isKind } from '../../../../shared/platform/errors';
import type { ListPage, ObjectStore } from '../../../../shared/platform/oss/port';
import { failure, type OssFixture, startFixture, storeOn } from './oss-fixture';
import { fromOss, startScripted } from './scripted-server';

describe('listing objects', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());

  it('of a whole bucket is signed right: ali-oss signs an empty prefix otherwise than OSS does', async () => {
    await oss.store.put('in/the bucket', Buffer.from('x'));

    expect(await keys(oss.store, '')).toContain('in/the bucket');
    expect(await keys(oss.store, '', { after: '' })).toContain('in/the bucket');
  });

  it('shows keys that XML cannot carry, which break the parser of ali-oss', async () => {
    const names = ['odd/\u0001', 'odd/\n', 'odd/%41', 'odd/a+b', 'odd/a b', 'odd/<&>', 'odd/ '];
    for (const name of names) await oss.store.put(name, Buffer.from('x'));

    expect(new Set(await keys(oss.store, 'odd/'))).toEqual(new Set(names));
    expect(new Set(await keys(oss.store, 'odd/', { pageSize: 1 }))).toEqual(new Set(names));
    await oss.store.delete(names);
  });

  it('shows every key as it was put', async () => {
    const part = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((s) => !/\p{Surrogate}/u.test(s));
    await fc.assert(
      fc.asyncProperty(part, async (name) => {
        const store = oss.store.at('property');
        await store.put(`k${name}`, Buffer.from('x'));

        expect(await keys(store, '')).toEqual([`k${name}`]);
        await store.delete([`k${name}`]);
      }),
      { numRuns: 30 },
    );
  });

  it('shows unfinished uploads of keys that XML cannot carry, page after page', async () => {
    const store = oss.store.at('unfinished');
    const started = [];
    for (const name of ['\u0001', 'a b', 'a+b', '备份']) started.push(await store.startUpload(name));

    const found = [];
    for await (const { key, id } of store.uploads('')) found.push({ key, id });

    expect(found).toEqual(started.map(({ key, id }) => ({ key, id })));
    for (const upload of started) await upload.abort();
  });

  describe('of a server that', () => {
    const page = (inner: string) =>
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>plain</Name>${inner}</ListBucketResult>`;
    const entry = (key: string) =>
      `<Contents><Key>${key}</Key><LastModified>2026-11-22T00:00:00.000Z</LastModified><ETag>"1"</ETag><Size>1</Size></Contents>`;

    it.each([
      ['says that there is more but not where', page(`<IsTruncated>true</IsTruncated>${entry('a')}`), ''],
      [
        'shows a key of another prefix',
        page(`<IsTruncated>false</IsTruncated>${entry('elsewhere/a')}`),
        'mine',
      ],
      ['sends no list at all', '<html/>', ''],
    ])('%s, ends in an error instead of a short list', async (_, xml, prefix) => {
      const server = await startScripted((_request, response) => {
        response.writeHead(200, fromOss).end(xml);
      });

      const error = await failure(keys(storeOn(server.endpoint, { prefix }), ''));

      expect(isKind(error, 'unavailable')).toBe(true);
      await server.close();
    });

    it('encodes keys as it was asked to, decodes them: ali-oss leaves them encoded', async () => {
      const xml = page(
        `<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${entry('a%01%2Bb+c%25')}`,
      );
      const server = await startScripted((_request, response) => {
        response.writeHead(200, fromOss).end(xml);
      });

      expect(await keys(storeOn(server.endpoint), '')).toEqual(['a\u0001+b c%']);
      expect(new URLSearchParams(server.seen[0]!.url.slice(2)).get('encoding-type')).toBe('url');
      await server.close();
    });

    it('does not encode keys, takes them as they are', async () => {
      const server = await startScripted((_request, response) => {
        response.writeHead(200, fromOss).end(page(`<IsTruncated>false</IsTruncated>${entry('a+b%41')}`));
      });

      expect(await keys(storeOn(server.endpoint), '')).toEqual(['a+b%41']);
      await server.close();
    });

    it.each([
      ['the same page with the same token', () => 'a', () => 'x'],
      ['the same page with new tokens', () => 'a', (nth: number) => `t${nth}`],
      ['pages in turns', (nth: number) => (nth % 2 ? 'a' : 'b'), (nth: number) => `t${nth}`],
      ['empty pages with new tokens', () => undefined, (nth: number) => `t${nth}`],
    ])('answers with %s for ever, ends in an error', async (_, keyAt, tokenOf) => {
      const server = await startScripted((_request, response) => {
        const nth = server.seen.length;
        const key = keyAt(nth);
        const more = `<IsTruncated>${nth < 1_000}</IsTruncated><NextContinuationToken>${tokenOf(nth)}</NextContinuationToken>`;
        response.writeHead(200, fromOss).end(page(`${more}${key === undefined ? '' : entry(key)}`));
      });

      const error = await failure(keys(storeOn(server.endpoint), ''));

      expect(error).toMatchObject({
        kind: 'unavailable',
        message: expect.stringContaining('nearer to its end'),
      });
      expect(server.seen.length).toBeLessThan(150);
      await server.close();
    });

    it('repeats the marker of unfinished uploads, ends in an error', async () => {
      const server = await startScripted((_request, response) => {
        const xml = `<?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult><Bucket>plain</Bucket><IsTruncated>${server.seen.length < 1_000}</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>1</NextUploadIdMarker><Upload><Key>a</Key><UploadId>1</UploadId><Initiated>2026-11-22T00:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>`;
        response.writeHead(200, fromOss).end(xml);
      });
      const listed = async () => {
        for await (const _upload of storeOn(server.endpoint).uploads('')) {
        }
      };

      expect(isKind(await failure(listed()), 'unavailable')).toBe(true);
      expect(server.seen.length).toBeLessThan(10);
      await server.close();
    });

    it('repeats the parts of an upload, ends in an error', async () => {
      const server = await startScripted((_request, response) => {
        const xml = `<?xml version="1.0" encoding="UTF-8"?><ListPartsResult><IsTruncated>${server.seen.length < 1_000}</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker><Part><PartNumber>1</PartNumber><ETag>"1"</ETag><Size>1</Size></Part></ListPartsResult>`;
        response.writeHead(200, fromOss).end(xml);
      });

      const error = await failure(storeOn(server.endpoint).resumeUpload('a', '1').parts());

      expect(isKind(error, 'unavailable')).toBe(true);
      expect(server.seen.length).toBeLessThan(10);
      await server.close();
    });

    it('sends no Date, is not asked for the age of anything', async () => {
      const server = await startScripted((_request, response) => {
        response.sendDate = false;
        response.writeHead(200, { 'x-oss-request-id': '0' }).end(page('<IsTruncated>false</IsTruncated>'));
      });

      expect(isKind(await failure(keys(storeOn(server.endpoint), '')), 'unavailable')).toBe(true);
      await server.close();
    });
  });
});

async function keys(
  store: ObjectStore,
  prefix: string,
  options?: Parameters<ObjectStore['list']>[1],
): Promise<string[]> {
  const pages: ListPage[] = [];
  for await (const page of store.list(prefix, options)) pages.push(page);
  return pages.flatMap(({ objects }) => objects.map(({ key }) => key));
}
