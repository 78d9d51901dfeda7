import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../local/fc/signature';
import { deployedFunctions } from '../../../../shared/app/fc/deployed-functions';

const key = { accessKeyId: 'STS.person', accessKeySecret: 'secret', securityToken: 'token' };
let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** Answers as Function Compute does to what is asked for by path; refuses what is not signed. */
async function looking(answers: Record<string, { status?: number; body: object }>) {
  server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    const refusal = refusalOf(request.method!, path, request.headers, [key], new Date());
    const { status = 200, body } = refusal
      ? { status: refusal.status, body: { ErrorCode: refusal.code } }
      : (answers[path] ?? { status: 404, body: { ErrorCode: 'FunctionNotFound' } });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return deployedFunctions({
    accountId: '1',
    region: 'cn-hangzhou',
    credentials: () => key,
    endpoint: `http://127.0.0.1:${port}`,
  });
}
const at = '/2023-03-30/functions/lifeboat-api';

describe('deployed functions', () => {
  it('are read by signed calls, with role, environment and triggers', async () => {
    const find = await looking({
      [at]: {
        body: { functionName: 'lifeboat-api', role: 'acs:ram::1:role/r', environmentVariables: { A: 'b' } },
      },
      [`${at}/triggers`]: {
        body: {
          triggers: [
            { triggerName: 't', triggerType: 'timer', triggerConfig: '{"enable":true}' },
            { triggerName: 'broken', triggerType: 'oss', sourceArn: 'acs:oss:r:1:b', triggerConfig: '{' },
          ],
        },
      },
    });
    expect(await find('lifeboat-api')).toEqual({
      role: 'acs:ram::1:role/r',
      environment: { A: 'b' },
      triggers: [
        { name: 't', type: 'timer', config: { enable: true } },
        { name: 'broken', type: 'oss', sourceArn: 'acs:oss:r:1:b', config: undefined },
      ],
    });
  });

  it('are undefined where there is none of the name', async () => {
    expect(await (await looking({}))('lifeboat-api')).toBeUndefined();
  });

  it.each([
    [403, 'denied', 'fc:GetFunction'],
    [500, 'unavailable', 'later'],
  ])('that answer with %s are an error of kind %s, which quotes nothing', async (status, kind, hint) => {
    const find = await looking({ [at]: { status, body: { ErrorMessage: 'LIFEBOAT_SEAL_KEY=secret' } } });
    const error = await find('lifeboat-api').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind, hint: expect.stringContaining(hint) });
    expect((error as Error).message).not.toContain('SEAL_KEY');
  });
});
