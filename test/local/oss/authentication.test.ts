import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OssCredentials } from '../../../local/oss/server';
import { signV1 } from '../../../local/oss/signature/signature-v1';
import {
  canonicalRequestV4,
  encodeRfc3986,
  signV4,
  stringToSignV4,
} from '../../../local/oss/signature/signature-v4';
import { exchange, refusal, SignedClient, tag } from './signed-client';
import { startTestServer, type TestServer } from './test-server';

const temporary: OssCredentials = {
  accessKeyId: 'STS.id',
  accessKeySecret: 'secret',
  securityToken: 'token',
};
const host = 'bkt.oss-cn-hangzhou.aliyuncs.com';
let test: TestServer;

beforeAll(async () => {
  test = await startTestServer({
    credentials: [{ accessKeyId: 'id', accessKeySecret: 'secret' }, temporary],
  });
  await test.client.put('object', 'content');
});
afterAll(() => test.close());

function get(options: Partial<ConstructorParameters<typeof SignedClient>[0]>) {
  return new SignedClient({ server: test.server, ...options }).get('object');
}

function unsigned(path: string, headers: Record<string, string> = {}) {
  return exchange({ port: test.server.port, method: 'GET', path, headers: { host, ...headers } });
}

describe('signature V4 in a header', () => {
  it('refuses a wrong secret and shows what it signed', async () => {
    const answer = await get({ credentials: { accessKeyId: 'id', accessKeySecret: 'other' } });
    expect(refusal(answer)).toBe('403 SignatureDoesNotMatch');
    expect(tag(answer, 'StringToSign')).toContain('/cn-hangzhou/oss/aliyun_v4_request');
    expect(tag(answer, 'CanonicalRequest')).toContain('/bkt/object');
    expect(tag(answer, 'EC')).toBe(answer.headers['x-oss-ec']);
  });

  it('refuses an unknown key', async () => {
    const answer = await get({ credentials: { accessKeyId: 'nobody', accessKeySecret: 'secret' } });
    expect(refusal(answer)).toBe('403 InvalidAccessKeyId');
  });

  it('refuses a signature for another region', async () => {
    expect(refusal(await get({ region: 'cn-beijing' }))).toBe('400 InvalidArgument');
  });

  it.each([-16, 16])('refuses a request that is %s minutes off', async (minutes) => {
    const answer = await get({ now: () => new Date(Date.now() + minutes * 60_000) });
    expect(refusal(answer)).toBe('403 RequestTimeTooSkewed');
  });

  it.each([-14, 14])('takes a request that is %s minutes off', async (minutes) => {
    expect((await get({ now: () => new Date(Date.now() + minutes * 60_000) })).status).toBe(200);
  });

  it('wants the token of temporary keys, and no other', async () => {
    expect((await get({ credentials: temporary })).status).toBe(200);
    expect(refusal(await get({ credentials: { ...temporary, securityToken: 'stale' } }))).toBe(
      '403 InvalidSecurityToken',
    );
    expect(refusal(await get({ credentials: { ...temporary, securityToken: undefined } }))).toBe(
      '403 InvalidAccessKeyId',
    );
  });

  it('covers every x-oss header', async () => {
    const dateTime = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = { day: dateTime.slice(0, 8), region: 'cn-hangzhou' };
    const headers = { 'x-oss-date': dateTime, 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD' };
    const canonical = canonicalRequestV4({ method: 'GET', bucket: 'bkt', key: 'object', query: [], headers });
    const signature = signV4('secret', stringToSignV4(canonical, dateTime, scope), scope);
    const authorization = `OSS4-HMAC-SHA256 Credential=id/${scope.day}/cn-hangzhou/oss/aliyun_v4_request, Signature=${signature}`;
    expect((await unsigned('/object', { ...headers, authorization })).status).toBe(200);
    const added = await unsigned('/object', { ...headers, authorization, 'x-oss-meta-added': '1' });
    expect(refusal(added)).toBe('403 SignatureDoesNotMatch');
  });
});

describe('no signature', () => {
  it('is refused', async () => {
    expect(refusal(await unsigned('/object'))).toBe('403 AccessDenied');
  });
});

describe('a URL signed with V4', () => {
  function signedUrl(expires: number, at: Date): string {
    const dateTime = at.toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = { day: dateTime.slice(0, 8), region: 'cn-hangzhou' };
    const query: [string, string][] = [
      ['x-oss-signature-version', 'OSS4-HMAC-SHA256'],
      ['x-oss-credential', `id/${scope.day}/cn-hangzhou/oss/aliyun_v4_request`],
      ['x-oss-date', dateTime],
      ['x-oss-expires', String(expires)],
    ];
    const canonical = canonicalRequestV4({ method: 'GET', bucket: 'bkt', key: 'object', query, headers: {} });
    const signature = signV4('secret', stringToSignV4(canonical, dateTime, scope), scope);
    const search = [...query, ['x-oss-signature', signature] as const].map(
      ([name, value]) => `${name}=${encodeRfc3986(value)}`,
    );
    return `/object?${search.join('&')}`;
  }

  it('opens the object while it lasts', async () => {
    expect((await unsigned(signedUrl(60, new Date(Date.now() - 30_000)))).text).toBe('content');
    expect(refusal(await unsigned(signedUrl(60, new Date(Date.now() - 90_000))))).toBe('403 AccessDenied');
    expect(refusal(await unsigned(signedUrl(604_801, new Date())))).toBe('400 InvalidArgument');
  });

  it('opens nothing else', async () => {
    const url = signedUrl(60, new Date()).replace('/object?', '/other?');
    expect(refusal(await unsigned(url))).toBe('403 SignatureDoesNotMatch');
  });
});

describe('signature V1', () => {
  const date = () => new Date().toUTCString();
  const authorization = (at: string) => `OSS id:${signV1('secret', `GET\n\n\n${at}\n/bkt/object`)}`;

  it('is closed, as for new buckets of the service', async () => {
    const at = date();
    const answer = await unsigned('/object', { date: at, authorization: authorization(at) });
    expect(refusal(answer)).toBe('403 AccessDenied');
    expect(answer.headers['x-oss-ec']).toBe('0002-00000080');
  });

  it('opens the object where it is allowed, by header and by URL', async () => {
    const old = await startTestServer({ allowV1: true });
    await old.client.put('object', 'content');
    const ask = (path: string, headers: Record<string, string>) =>
      exchange({ port: old.server.port, method: 'GET', path, headers: { host, ...headers } });
    const at = date();
    expect((await ask('/object', { date: at, authorization: authorization(at) })).text).toBe('content');
    const stale = new Date(Date.now() - 16 * 60_000).toUTCString();
    const late = await ask('/object', { date: stale, authorization: authorization(stale) });
    expect(refusal(late)).toBe('403 RequestTimeTooSkewed');
    const expires = String(Math.floor(Date.now() / 1000) + 60);
    const signature = encodeURIComponent(signV1('secret', `GET\n\n\n${expires}\n/bkt/object`));
    const url = `/object?OSSAccessKeyId=id&Expires=${expires}&Signature=${signature}`;
    expect((await ask(url, {})).text).toBe('content');
    expect(refusal(await ask(url.replace('Expires=', 'Expires=1'), {}))).toBe('403 SignatureDoesNotMatch');
    await old.close();
  });
});
