import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, SignedClient, tag, tags } from './signed-client';
import { startTestServer, type TestServer } from './test-server';

let test: TestServer;
beforeAll(async () => {
  test = await startTestServer();
});
afterAll(() => test.close());

describe('buckets', () => {
  it('are made, shown, listed and removed when they are empty', async () => {
    const client = new SignedClient({ server: test.server, bucket: 'another' });
    expect(refusal(await client.list({ bucketInfo: '' }))).toBe('404 NoSuchBucket');
    expect((await client.send({ method: 'PUT', body: '' })).headers.location).toBe('/another');
    expect((await client.send({ method: 'PUT', body: '' })).status).toBe(200);
    const info = await client.list({ bucketInfo: '' });
    expect([tag(info, 'Name'), tag(info, 'Location'), tag(info, 'Grant')]).toEqual([
      'another',
      'oss-cn-hangzhou',
      'private',
    ]);
    expect(tag(await client.list({ location: '' }), 'LocationConstraint')).toBe('oss-cn-hangzhou');
    const service = await test.client.send({ method: 'GET', bucket: '' });
    expect(tags(service, 'Name')).toEqual(['another', 'bkt']);
    await client.put('x', 'x');
    expect(refusal(await client.send({ method: 'DELETE' }))).toBe('409 BucketNotEmpty');
    await client.delete('x');
    expect((await client.send({ method: 'DELETE' })).status).toBe(204);
    expect(refusal(await client.put('x', 'x'))).toBe('404 NoSuchBucket');
  });

  it('need a name that OSS takes', async () => {
    const answer = await test.client.send({ method: 'PUT', bucket: 'not_valid', body: '' });
    expect(refusal(answer)).toBe('400 InvalidBucketName');
  });

  it.each([
    ['lifecycle', 'LifecycleConfiguration', 'NoSuchLifecycle'],
    ['encryption', 'ServerSideEncryptionRule', 'NoSuchServerSideEncryptionRule'],
  ])('keep their %s word for word', async (name, root, missing) => {
    const query = { [name]: '' };
    expect(refusal(await test.client.list(query))).toBe(`404 ${missing}`);
    const body = `<?xml version="1.0"?>\n<${root}>\n  <Any>thing</Any>\n</${root}>`;
    expect((await test.client.send({ method: 'PUT', query, body })).status).toBe(200);
    expect((await test.client.list(query)).text).toBe(body);
    expect(refusal(await test.client.send({ method: 'PUT', query, body: 'no XML' }))).toBe(
      '400 MalformedXML',
    );
    expect((await test.client.send({ method: 'DELETE', query })).status).toBe(204);
    expect(refusal(await test.client.list(query))).toBe(`404 ${missing}`);
  });

  it('encrypt by default what is put into them', async () => {
    const rule =
      '<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>' +
      '</ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>';
    await test.client.send({ method: 'PUT', query: { encryption: '' }, body: rule });
    expect((await test.client.put('x', 'x')).headers['x-oss-server-side-encryption']).toBe('AES256');
    await test.client.send({ method: 'DELETE', query: { encryption: '' } });
  });
});
