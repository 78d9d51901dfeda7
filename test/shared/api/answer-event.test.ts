import { describe, expect, it } from '@jest/globals';
import { answerEvent } from '../../../shared/api/answer-event';
import { createApi } from '../../../shared/api/api';
import { sha256Hex } from '../../../shared/platform/sha256';
import { anInstallation } from '../app/an-installation';
import { auditEntries, machineToken } from './an-api';

/** The v1 envelope of Function Compute, for one who may do everything. */
async function answer(method: string, rawPath: string, more: object = {}) {
  const { installation } = await anInstallation();
  const api = createApi({ open: async () => installation, tokenSha256: sha256Hex(machineToken) });
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

describe('a signature', () => {
  const acs = 'ACS3-HMAC-SHA256 Credential=LTAIexample,SignedHeaders=host;x-acs-date,Signature=0af1';
  const own = 'abc-def.cn-hangzhou.fcapp.run';

  /** Asks for a backup with these headers through a domain; the status, and who the audit log says it was. */
  async function ask(domainName: string, headers: Record<string, string>, signedDomains?: string[]) {
    const { installation, bucket } = await anInstallation();
    const api = createApi({ open: async () => installation, signed: true, signedDomains });
    const spec = { includedNamespaces: ['shop'] };
    const event = {
      version: 'v1',
      rawPath: '/backups',
      body: JSON.stringify({ metadata: { name: 'b' }, cluster: 'a', vault: 'main', spec }),
      headers: { 'Content-Type': 'application/json', ...headers },
      requestContext: { domainName, http: { method: 'POST', sourceIp: '203.0.113.7' } },
    };
    const { statusCode } = await answerEvent(Buffer.from(JSON.stringify(event)), api);
    const by = auditEntries(bucket).map((key) => JSON.parse(bucket.objects.get(key)!.body.toString()).by);
    return { statusCode, by };
  }

  it('is believed at the domain of the trigger, where Function Compute has verified it, with the address it came from', async () => {
    expect(await ask(own, { Authorization: acs })).toEqual({
      statusCode: 202,
      by: ['signature LTAIexample from 203.0.113.7 (test)'],
    });
    expect(
      (await ask('x.cn-hangzhou-vpc.fcapp.run', { Authorization: 'FC LTAIexample:c2ln' })).statusCode,
    ).toBe(202);
  });

  it.each([
    'backup.example.com',
    'fcapp.run.example.com',
    'evilfcapp.run',
    'example.com#.fcapp.run',
    'fcapp.run',
  ])(
    "is nothing at %s, whose own authentication nobody has named: the header may be anyone's",
    async (domain) => {
      const { statusCode, by } = await ask(domain, { Authorization: acs });
      expect([400, 401]).toContain(statusCode);
      expect(by).toEqual([]);
    },
  );

  it('is believed at a custom domain that people say verifies signatures', async () => {
    const domains = ['backup.example.com'];
    expect((await ask('Backup.example.com', { Authorization: acs }, domains)).statusCode).toBe(202);
    expect((await ask('other.example.com', { Authorization: acs }, domains)).statusCode).toBe(401);
  });

  it.each([
    ['two headers joined', `${acs}, ${acs.replace('LTAIexample', 'LTAIother')}`],
    ['two credentials', acs.replace('Credential=', 'Credential=LTAIother,Credential=')],
    ['no signature', 'ACS3-HMAC-SHA256 Credential=LTAIexample,SignedHeaders=host'],
    ['another scheme', `Basic ${acs}`],
    ['an empty key', 'FC :c2ln'],
  ])('that has %s is nothing', async (_, header) => {
    expect(await ask(own, { Authorization: header })).toEqual({ statusCode: 401, by: [] });
  });
});
