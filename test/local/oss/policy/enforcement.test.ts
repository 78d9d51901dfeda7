import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parsePolicy } from '../../../../local/oss/policy/policy';
import type { OssCredentials } from '../../../../local/oss/server';
import { refusal, SignedClient, tag } from '../signed-client';
import { startTestServer, type TestServer } from '../test-server';

const root = { accessKeyId: 'id', accessKeySecret: 'secret' };
const allowed = (Action: string[], Resource: string[], Condition?: object) =>
  parsePolicy({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }],
  });

let test: TestServer;
let role: OssCredentials;
let client: SignedClient;
const send = (method: string, key?: string, query: Record<string, string> = {}, more: object = {}) =>
  client.send({ method, key, query, ...more });

beforeAll(async () => {
  role = { accessKeyId: 'STS.role', accessKeySecret: 'hidden', securityToken: 'token', policies: [] };
  test = await startTestServer({ credentials: [root, role], buckets: [{ name: 'bkt' }, { name: 'other' }] });
  client = new SignedClient({ server: test.server, credentials: role });
  await test.client.put('team/a', 'content');
});
afterAll(() => test.close());

describe('the policies of a key', () => {
  it('let nothing through when there is none, and all when the key is the account own', async () => {
    role.policies = [];
    const answer = await send('GET', 'team/a');
    expect(refusal(answer)).toBe('403 AccessDenied');
    expect([tag(answer, 'EC'), tag(answer, 'NoPermissionType'), tag(answer, 'AuthAction')]).toEqual([
      '0003-00000001',
      'ImplicitDeny',
      'oss:GetObject',
    ]);
    expect((await test.client.get('team/a')).status).toBe(200);
  });

  it('say by another EC that a Deny refuses', async () => {
    role.policies = [
      allowed(['oss:*'], ['*']),
      parsePolicy({
        Version: '1',
        Statement: [{ Effect: 'Deny', Action: 'oss:DeleteObject', Resource: 'acs:oss:*:*:bkt/team/*' }],
      }),
    ];
    const answer = await send('DELETE', 'team/a');
    expect([refusal(answer), tag(answer, 'EC')]).toEqual(['403 AccessDenied', '0003-00000201']);
    expect((await send('GET', 'team/a')).status).toBe(200);
  });

  it('take each call under the action that OSS documents for it', async () => {
    const cases: [string, Parameters<typeof send>][] = [
      ['oss:PutObject', ['PUT', 'new', {}, { body: 'x' }]],
      ['oss:PutObject', ['POST', 'new', { uploads: '' }]],
      ['oss:PutObject', ['PUT', 'new', { partNumber: '1', uploadId: 'U' }, { body: 'x' }]],
      ['oss:PutObject', ['POST', 'new', { uploadId: 'U' }, { body: '<CompleteMultipartUpload/>' }]],
      ['oss:AbortMultipartUpload', ['DELETE', 'new', { uploadId: 'U' }]],
      ['oss:ListParts', ['GET', 'new', { uploadId: 'U' }]],
      ['oss:GetObject', ['HEAD', 'team/a']],
      ['oss:GetObject', ['HEAD', 'team/a', { objectMeta: '' }]],
      ['oss:DeleteObject', ['DELETE', 'new']],
      ['oss:ListObjects', ['GET', undefined, { 'list-type': '2' }]],
      ['oss:ListMultipartUploads', ['GET', undefined, { uploads: '' }]],
      ['oss:GetBucketVersioning', ['GET', undefined, { versioning: '' }]],
      ['oss:GetBucketInfo', ['GET', undefined, { bucketInfo: '' }]],
    ];
    for (const [action, call] of cases) {
      role.policies = [allowed(['oss:*'], ['*'])];
      const others = parsePolicy({
        Version: '1',
        Statement: [{ Effect: 'Deny', Action: [action], Resource: ['*'] }],
      });
      const free = await send(...call);
      expect([action, call[0], free.status]).not.toEqual([action, call[0], 403]);
      role.policies = [allowed(['oss:*'], ['*']), others];
      expect([action, (await send(...call)).status]).toEqual([action, 403]);
    }
  });

  it('let a listing see only the prefixes that its condition names', async () => {
    role.policies = [
      allowed(['oss:ListObjects'], ['acs:oss:*:*:bkt'], { StringLike: { 'oss:Prefix': ['team/*'] } }),
    ];
    expect((await send('GET', undefined, { 'list-type': '2', prefix: 'team/' })).status).toBe(200);
    expect((await send('GET', undefined, { 'list-type': '2', prefix: 'tea' })).status).toBe(403);
    expect((await send('GET', undefined, { 'list-type': '2' })).status).toBe(403);
  });

  it('refuse a batch of deletions for one key that may not go, and delete none', async () => {
    role.policies = [allowed(['oss:DeleteObject'], ['acs:oss:*:*:bkt/free/*'])];
    await test.client.put('free/a', 'x');
    const body = '<Delete><Object><Key>free/a</Key></Object><Object><Key>team/a</Key></Object></Delete>';
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
    expect(refusal(await send('POST', undefined, { delete: '' }, { body, headers }))).toBe(
      '403 AccessDenied',
    );
    expect((await test.client.get('free/a')).status).toBe(200);
  });

  it('ask for reading the source of a copy too', async () => {
    await test.client.send({ method: 'PUT', bucket: 'other', key: 's', body: 'secret' });
    const copy = () => send('PUT', 'team/copy', {}, { headers: { 'x-oss-copy-source': '/other/s' } });
    role.policies = [allowed(['oss:PutObject'], ['acs:oss:*:*:bkt/*'])];
    expect((await copy()).status).toBe(403);
    role.policies = [...role.policies, allowed(['oss:GetObject'], ['acs:oss:*:*:other/s'])];
    expect((await copy()).status).toBe(200);
  });
});
