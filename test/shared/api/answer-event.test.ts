import { describe, expect, it } from '@jest/globals';
import { answerEvent } from '../../../shared/api/answer-event';
import { createApi } from '../../../shared/api/api';
import { sha256 } from '../../../shared/installation/secrets/tokens';
import { anInstallation } from '../installation/an-installation';
import { machineToken } from './an-api';

/** The v1 envelope of Function Compute, for one who may do everything. */
async function answer(method: string, rawPath: string, more: object = {}) {
  const { installation } = await anInstallation();
  const api = createApi({ open: async () => installation, tokenSha256: sha256(machineToken) });
  const envelope = {
    version: 'v1',
    rawPath,
    body: '',
    isBase64Encoded: false,
    headers: { Authorization: `Bearer ${machineToken}`, 'Content-Type': 'application/json' },
    queryParameters: {},
    requestContext: { domainName: 'x.cn-hangzhou.fcapp.run', http: { method } },
    ...more,
  };
  const { statusCode, headers, body } = await answerEvent(Buffer.from(JSON.stringify(envelope)), api);
  return { statusCode, headers, body: body === '' ? undefined : JSON.parse(body) };
}

describe('an HTTP event of Function Compute', () => {
  it('is answered by the API', async () => {
    expect(await answer('GET', '/clusters', { queryParameters: { limit: '1' } })).toMatchObject({
      statusCode: 200,
      body: { items: [{ metadata: { name: 'a' } }], metadata: { continue: expect.any(String) } },
    });
  });

  it('may bring a body in base64, as for every type that is no text', async () => {
    const body = Buffer.from('{"metadata":{"name":"x"}}').toString('base64');
    expect(await answer('POST', '/schedules', { body, isBase64Encoded: true })).toMatchObject({
      statusCode: 422,
      body: { detail: 'the request: spec is missing' },
    });
  });

  it.each(['TRACE', 'CONNECT', 'track', 'OPTIONS', 'PROPFIND'])(
    'with the method %s is 405, or 404',
    async (method) => {
      const known = await answer(method, '/schedules');
      expect([known.statusCode, known.headers.allow]).toEqual([405, 'GET, POST']);
      expect((await answer(method, '/nothing')).statusCode).toBe(404);
    },
  );

  it.each([
    [{ headers: { 'bad name': 'x' } }],
    [{ headers: { 'x-header': 'line\nbreak' } }],
    [{ requestContext: { domainName: 'not a host', http: { method: 'GET' } } }],
    [{ requestContext: { domainName: 'h', http: { method: 'GE T' } } }],
  ])('that is no request is 400: %j', async (more) => {
    expect(await answer('GET', '/clusters', more)).toMatchObject({ statusCode: 400, body: { status: 400 } });
  });

  it.each(['/clusters/%zz', '/clusters/%00', '//clusters', '/clusters/%2e%2e/x'])(
    'with the path %s does no harm',
    async (path) => {
      expect([400, 404, 405]).toContain((await answer('GET', path)).statusCode);
    },
  );
});
