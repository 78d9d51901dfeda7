import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assumeRole, stsEndpoint } from '../../../../shared/platform/alibaba/assume-role';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { type Answer, openApiServer } from '../../../harness/openapi-server';

const keys = { accessKeyId: 'function', accessKeySecret: 'function-secret', securityToken: 'function-token' };
const role = { arn: 'acs:ram::1234567890123456:role/vault', session: 'lifeboat-i1' };

let answer: () => Answer;
let server: Awaited<ReturnType<typeof openApiServer>>;
beforeAll(async () => {
  server = await openApiServer({ [keys.accessKeyId]: keys.accessKeySecret }, () => answer());
});
afterAll(() => server.close());

const ask = (credentials = keys, externalId?: string) =>
  assumeRole(
    {
      endpoint: server.endpoint,
      credentials: async () => credentials,
      clock: { ...systemClock, sleep: async () => {} },
      random: systemRandom,
    },
    { ...role, ...(externalId !== undefined && { externalId }) },
  );
const given = (minutes: number): Answer => [
  200,
  {
    RequestId: '1',
    AssumedRoleUser: { Arn: `${role.arn}/${role.session}`, AssumedRoleId: '3:lifeboat-i1' },
    Credentials: {
      AccessKeyId: 'STS.assumed',
      AccessKeySecret: 'assumed-secret',
      SecurityToken: 'assumed-token',
      Expiration: `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`,
    },
  },
];

describe('STS', () => {
  it('is asked for a role, signed with the credentials at hand and their token', async () => {
    answer = () => given(60);
    const assumed = await ask(keys, 'for lifeboat, (team) *1*');
    expect(assumed).toMatchObject({
      accessKeyId: 'STS.assumed',
      accessKeySecret: 'assumed-secret',
      securityToken: 'assumed-token',
    });
    expect(assumed.validFor / 60_000).toBeGreaterThan(59.9);
    expect(assumed.validFor / 60_000).toBeLessThanOrEqual(60.1);
    expect(server.taken).toEqual([
      {
        method: 'POST',
        path: '/',
        action: 'AssumeRole',
        version: '2015-04-01',
        parameters: {
          RoleArn: role.arn,
          RoleSessionName: 'lifeboat-i1',
          DurationSeconds: '3600',
          ExternalId: 'for lifeboat, (team) *1*',
        },
        securityToken: 'function-token',
      },
    ]);
  });

  it('is asked in the region of the functions, through the VPC where they are in one', () => {
    expect(stsEndpoint('cn-hangzhou', false)).toBe('https://sts.cn-hangzhou.aliyuncs.com');
    expect(stsEndpoint('cn-hangzhou', true)).toBe('https://sts-vpc.cn-hangzhou.aliyuncs.com');
  });

  it.each<[string, Answer, object]>([
    [
      'a policy that forbids it',
      [403, { Code: 'NoPermission', Message: 'the secret words of the service' }],
      { kind: 'denied', hint: expect.stringContaining('whom the role trusts') },
    ],
    ['a role that is not there', [404, { Code: 'EntityNotExist.Role' }], { kind: 'not-found' }],
    ['a service that is down', [503, { Code: 'ServiceUnavailable' }], { kind: 'unavailable' }],
    ['an answer without credentials', [200, { RequestId: '1' }], { kind: 'unavailable' }],
  ])('names the role and no more when it meets %s', async (_, refused, error) => {
    answer = () => refused;
    const failure = await ask().catch((thrown: Error) => thrown);
    expect(failure).toMatchObject({ message: expect.stringContaining(role.arn), ...error });
    expect(String(failure)).not.toContain('secret words');
  });

  it('refuses a wrong secret, by name of the code alone', async () => {
    answer = () => given(60);
    await expect(ask({ ...keys, accessKeySecret: 'wrong' })).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('SignatureDoesNotMatch'),
    });
  });
});
