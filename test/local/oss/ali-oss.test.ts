import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from './test-server';

// biome-ignore lint/suspicious/noExplicitAny: the package's own types are wrong in many places
const oss: any = require('ali-oss');
let test: TestServer;
beforeAll(async () => {
  test = await startTestServer();
});
afterAll(() => test.close());

const connect = (options: Record<string, unknown>) =>
  new oss({
    region: 'oss-cn-hangzhou',
    bucket: 'bkt',
    accessKeyId: 'id',
    accessKeySecret: 'secret',
    authorizationV4: true,
    ...options,
  });

describe('ali-oss', () => {
  it.each([
    ['by virtual host, at an IP address', () => connect({ endpoint: test.server.endpoint })],
    [
      'by path',
      () => connect({ endpoint: test.server.endpoint.replace('127.0.0.1', 'localhost'), sldEnable: true }),
    ],
  ])('does its work %s', async (_, make) => {
    const client = make();
    await client.put('a/b 1+ü.json', Buffer.from('hello'), { meta: { colour: 'red' } });
    const got = await client.get('a/b 1+ü.json');
    expect([got.content.toString(), got.res.headers['x-oss-meta-colour']]).toEqual(['hello', 'red']);
    expect((await client.head('a/b 1+ü.json')).meta).toEqual({ colour: 'red' });
    await client.copy('copy', 'a/b 1+ü.json');
    const appended = await client.append('log', Buffer.from('one'), { position: 0 });
    expect(appended.nextAppendPosition).toBe('3');
    const file = join(test.directory, 'local-file');
    const large = randomBytes(500_000);
    await writeFile(file, large);
    await client.multipartUpload('large', file, { partSize: 200 * 1024, parallel: 3 });
    expect((await client.get('large')).content.equals(large)).toBe(true);
    const listed = await client.list({ 'max-keys': 100 });
    expect(listed.objects.map(({ name }: { name: string }) => name)).toEqual([
      'a/b 1+ü.json',
      'copy',
      'large',
      'log',
    ]);
    expect((await client.listV2({ prefix: 'a/', delimiter: '/' })).keyCount).toBe(1);
    await client.deleteMulti(['copy', 'large', 'log', 'a/b 1+ü.json']);
    expect((await client.listV2({ 'max-keys': 10 })).objects ?? []).toEqual([]);
  });

  it.each(['Archive', 'ColdArchive', 'DeepColdArchive'])(
    'lists an object of class %s and its head, and may neither read nor copy it',
    async (storageClass) => {
      const client = connect({ endpoint: test.server.endpoint });
      await client.put('cold', Buffer.from('x'), { headers: { 'x-oss-storage-class': storageClass } });
      expect((await client.head('cold')).res.headers['x-oss-storage-class']).toBe(storageClass);
      const refused = { code: 'InvalidObjectState', status: 403 };
      await expect(client.get('cold')).rejects.toMatchObject(refused);
      await expect(client.copy('copy', 'cold')).rejects.toMatchObject(refused);
      await client.put('cold', Buffer.from('x'), { headers: { 'x-oss-storage-class': 'IA' } });
      expect((await client.get('cold')).content.toString()).toBe('x');
      await client.delete('cold');
    },
  );

  it('reads codes of errors, of HEAD too', async () => {
    const client = connect({ endpoint: test.server.endpoint });
    await client.put('there', Buffer.from('x'));
    const forbid = { headers: { 'x-oss-forbid-overwrite': 'true' } };
    await expect(client.put('there', Buffer.from('y'), forbid)).rejects.toMatchObject({
      code: 'FileAlreadyExists',
      status: 409,
      ecCode: expect.stringMatching(/^\d{4}-\d{8}$/),
    });
    test.server.faults.add({ operation: 'HeadObject', fault: { kind: 'expired-token' } });
    await expect(client.head('there')).rejects.toMatchObject({ code: 'SecurityTokenExpired', status: 403 });
  });

  it('configures a bucket', async () => {
    const client = connect({ endpoint: test.server.endpoint });
    await client.putBucket('configured');
    client.useBucket('configured');
    await client.putBucketLifecycle('configured', [
      { id: 'parts', prefix: '', status: 'Enabled', abortMultipartUpload: { days: 3 } },
    ]);
    expect((await client.getBucketLifecycle('configured')).rules).toHaveLength(1);
    await client.putBucketEncryption('configured', { SSEAlgorithm: 'AES256' });
    expect((await client.getBucketEncryption('configured')).encryption.SSEAlgorithm).toBe('AES256');
    expect((await client.putBucketVersioning('configured', 'Enabled')).status).toBe(200);
    expect((await client.getBucketVersioning('configured')).versionStatus).toBe('Enabled');
    const { wormId } = await client.initiateBucketWorm('configured', 1);
    expect((await client.completeBucketWorm('configured', wormId)).status).toBe(200);
    expect((await client.getBucketWorm('configured')).state).toBe('Locked');
    const names = (await client.listBuckets({})).buckets.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['bkt', 'configured']);
  });
});
