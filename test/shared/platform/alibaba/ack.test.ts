import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ackEndpoint, alibabaAck } from '../../../../shared/platform/alibaba/ack';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { role } from '../../../harness/kms-server';
import { type Answer, openApiServer } from '../../../harness/openapi-server';

let answer: () => Answer;
let server: Awaited<ReturnType<typeof openApiServer>>;
beforeAll(async () => {
  server = await openApiServer({ [role.accessKeyId]: role.accessKeySecret }, () => answer());
});
afterAll(() => server.close());

const kubeconfig = () =>
  alibabaAck({
    endpoint: server.endpoint,
    credentials: async () => role,
    clock: { ...systemClock, sleep: async () => {} },
    random: systemRandom,
  }).kubeconfig({
    clusterId: 'c82e6987e2961451182edacd74faf****'.replaceAll('*', '0'),
    private: true,
    minutes: 15,
  });
const inMinutes = (minutes: number) =>
  `${new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19)}Z`;

describe('ACK', () => {
  it('is asked for a temporary kubeconfig of a cluster, signed and in ROA style', async () => {
    answer = () => [200, { config: 'apiVersion: v1', expiration: inMinutes(15) }];
    const { kubeconfig: text, validFor } = await kubeconfig();
    expect(text).toBe('apiVersion: v1');
    expect(validFor / 60_000).toBeGreaterThan(14.9);
    expect(validFor / 60_000).toBeLessThanOrEqual(15);
    expect(server.taken).toEqual([
      {
        method: 'GET',
        path: '/k8s/c82e6987e2961451182edacd74faf0000/user_config',
        action: 'DescribeClusterUserKubeconfig',
        version: '2015-12-15',
        parameters: { PrivateIpAddress: 'true', TemporaryDurationMinutes: '15' },
        securityToken: 'token',
      },
    ]);
    expect(ackEndpoint('cn-beijing')).toBe('https://cs.cn-beijing.aliyuncs.com');
  });

  it('trusts no kubeconfig for longer than was asked for', async () => {
    answer = () => [200, { config: 'apiVersion: v1', expiration: inMinutes(3 * 24 * 60) }];
    expect((await kubeconfig()).validFor).toBe(15 * 60_000);
    answer = () => [200, { config: 'apiVersion: v1' }];
    expect((await kubeconfig()).validFor).toBe(15 * 60_000);
  });

  it.each<[string, Answer, object]>([
    ['an unknown cluster', [404, { Code: 'ErrorClusterNotFound', Message: 'secret' }], { kind: 'not-found' }],
    ['a policy that forbids it', [403, { Code: 'ForbiddenCheckControlPlaneLog' }], { kind: 'denied' }],
    ['an answer without kubeconfig', [200, {}], { kind: 'unavailable' }],
    ['a service that is down', [503, { Code: 'ServiceUnavailable' }], { kind: 'unavailable' }],
  ])('says that it met %s', async (_, given, expected) => {
    answer = () => given;
    const error = (await kubeconfig().catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ ...expected, message: expect.stringContaining('ACK cluster c82e') });
    expect(error.message).not.toContain('secret');
  });
});
