import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import { orphanPartsRule } from '../../../../shared/app/deploy/lifecycle';
import { startTestServer, type TestServer } from '../../../local/oss/test-server';

let test: TestServer;
beforeAll(async () => {
  test = await startTestServer();
});
afterAll(() => test.close());

describe('the rule for orphan parts', () => {
  it('is a lifecycle that OSS takes, and removes parts of backups alone, after more than a day', async () => {
    const body = orphanPartsRule({ prefix: '/production' });
    const call = { bucket: 'bkt', query: { lifecycle: '' } };
    expect((await test.client.send({ ...call, method: 'PUT', body })).status).toBe(200);
    const { text } = await test.client.send({ ...call, method: 'GET' });
    const { Rule } = new XMLParser().parse(text).LifecycleConfiguration;
    expect(Rule).toEqual({
      ID: 'lifeboat-orphan-parts',
      Prefix: 'production/backups/',
      Status: 'Enabled',
      AbortMultipartUpload: { Days: 7 },
    });
  });

  it('is for the root of a bucket without a prefix', () => {
    expect(orphanPartsRule({})).toContain('<Prefix>backups/</Prefix>');
    for (const prefix of ['../x', 'a</Prefix>', '*'])
      expect(() => orphanPartsRule({ prefix })).toThrow(`prefix "${prefix}":`);
  });
});
