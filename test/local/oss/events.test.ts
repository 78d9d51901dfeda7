import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventFilter } from '../../../local/oss/server';
import { startTestServer, type TestServer } from './test-server';

let test: TestServer;
let received: ReturnType<typeof parse>[];
let unsubscribe = () => {};

const parse = (event: Buffer) =>
  JSON.parse(event.toString()) as {
    events: {
      eventName: string;
      oss: { object: { key: string; size: number; eTag: string; deltaSize: number } };
    }[];
  };
const names = () =>
  received.flatMap(({ events }) => events.map(({ eventName, oss }) => `${eventName} ${oss.object.key}`));

function listen(filter: Partial<EventFilter>) {
  unsubscribe();
  unsubscribe = test.server.subscribe(
    {
      bucket: 'bkt',
      events: ['oss:ObjectCreated:*', 'oss:ObjectRemoved:*'],
      prefix: '',
      suffix: '',
      ...filter,
    },
    (event) => received.push(parse(event)),
  );
}

beforeAll(async () => {
  test = await startTestServer({ buckets: [{ name: 'bkt' }, { name: 'other' }] });
});
beforeEach(() => {
  received = [];
});
afterAll(() => test.close());

describe('object events', () => {
  it("have the shape of FC's OSS trigger", async () => {
    listen({});
    const { headers } = await test.client.put('source/ä b.txt', 'hello');
    await delay(10);
    expect(received).toEqual([
      {
        events: [
          {
            eventName: 'ObjectCreated:PutObject',
            eventSource: 'acs:oss',
            eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
            eventVersion: '1.0',
            oss: {
              bucket: {
                arn: 'acs:oss:cn-hangzhou:1000000000000001:bkt',
                name: 'bkt',
                ownerIdentity: '1000000000000001',
                virtualBucket: '',
              },
              object: {
                deltaSize: 5,
                eTag: createHash('md5').update('hello').digest('hex').toUpperCase(),
                key: 'source/ä b.txt',
                size: 5,
              },
              ossSchemaVersion: '1.0',
              ruleId: expect.any(String),
            },
            region: 'cn-hangzhou',
            requestParameters: { sourceIPAddress: '127.0.0.1' },
            responseElements: { requestId: headers['x-oss-request-id'] },
            userIdentity: { principalId: 'id' },
          },
        ],
      },
    ]);
  });

  it('tell of every way in which an object comes and goes', async () => {
    listen({});
    await test.client.put('a', 'x');
    await test.client.send({ method: 'PUT', key: 'b', headers: { 'x-oss-copy-source': '/bkt/a' } });
    await test.client.send({ method: 'POST', key: 'c', query: { append: '', position: '0' }, body: 'x' });
    const id = await test.client.initiate('d');
    const { headers } = await test.client.uploadPart('d', id, 1, Buffer.from('x'));
    await test.client.complete('d', id, [{ number: 1, etag: headers.etag! }]);
    await test.client.delete('a');
    await test.client.delete('a');
    const body = '<Delete><Object><Key>b</Key></Object><Object><Key>c</Key></Object></Delete>';
    const md5 = createHash('md5').update(body).digest('base64');
    await test.client.send({ method: 'POST', query: { delete: '' }, headers: { 'content-md5': md5 }, body });
    await delay(10);
    expect(names()).toEqual([
      'ObjectCreated:PutObject a',
      'ObjectCreated:CopyObject b',
      'ObjectCreated:AppendObject c',
      'ObjectCreated:InitiateMultipartUpload d',
      'ObjectCreated:UploadPart d',
      'ObjectCreated:CompleteMultipartUpload d',
      'ObjectRemoved:DeleteObject a',
      'ObjectRemoved:DeleteObjects b',
      'ObjectRemoved:DeleteObjects c',
    ]);
    expect(received.at(-1)!.events).toHaveLength(2);
  });

  it('go to those who asked for bucket, name, prefix and suffix', async () => {
    listen({ events: ['ObjectCreated:PutObject'], prefix: 'backups/', suffix: 'velero-backup.json' });
    await test.client.put('backups/a/velero-backup.json', 'x');
    await test.client.put('backups/a/a.tar.gz', 'x');
    await test.client.put('restores/a/velero-backup.json', 'x');
    await test.client.send({
      method: 'PUT',
      bucket: 'other',
      key: 'backups/a/velero-backup.json',
      body: 'x',
    });
    await test.client.delete('backups/a/velero-backup.json');
    await delay(10);
    expect(names()).toEqual(['ObjectCreated:PutObject backups/a/velero-backup.json']);
    unsubscribe();
    await test.client.put('backups/b/velero-backup.json', 'x');
    await delay(10);
    expect(received).toHaveLength(1);
  });

  it('come for a write whose answer was lost, not for one that was refused', async () => {
    listen({});
    test.server.faults.add({ operation: 'PutObject', fault: { kind: 'reset-after-commit' } });
    await expect(test.client.put('lost', 'x')).rejects.toThrow();
    await test.client.put('lost', 'y', { 'x-oss-forbid-overwrite': 'true' });
    await delay(10);
    expect(names()).toEqual(['ObjectCreated:PutObject lost']);
  });
});
