import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { isKind } from '../../../../shared/platform/errors';
import { type OssLocation, resolveLocation } from '../../../../shared/platform/oss/oss-location';
import { openOssStore } from '../../../../shared/platform/oss/oss-store';
import { Transport } from '../../../../shared/platform/oss/oss-transport';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { key } from './oss-fixture';

const hangzhou: OssLocation = { region: 'cn-hangzhou', bucket: 'vault', networkType: 'public' };

describe('the address of a bucket', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each<[string, Partial<OssLocation>, string]>([
    [
      'a region without oss-, which ali-oss takes for a host',
      {},
      'https://vault.oss-cn-hangzhou.aliyuncs.com',
    ],
    ['a region with oss-', { region: 'oss-cn-hangzhou' }, 'https://vault.oss-cn-hangzhou.aliyuncs.com'],
    [
      'the internal network',
      { networkType: 'internal' },
      'https://vault.oss-cn-hangzhou-internal.aliyuncs.com',
    ],
    [
      'a custom domain, as a CNAME',
      { endpoint: 'https://backups.example.com' },
      'https://backups.example.com',
    ],
    [
      'an endpoint without a scheme, which ali-oss takes for HTTP',
      { endpoint: 'backups.example.com' },
      'https://backups.example.com',
    ],
    [
      'an endpoint of OSS itself, which is no CNAME',
      { endpoint: 'https://oss-accelerate.aliyuncs.com' },
      'https://vault.oss-accelerate.aliyuncs.com',
    ],
    [
      "the bucket's own host",
      { endpoint: 'https://vault.oss-cn-hangzhou.aliyuncs.com' },
      'https://vault.oss-cn-hangzhou.aliyuncs.com',
    ],
  ])('is right for %s', async (_, change, origin) => {
    const { url } = await firstRequest({ ...hangzhou, ...change });

    expect(new URL(url).origin).toBe(origin);
  });

  it.each(['cn-beijing', 'oss-cn-beijing'])(
    'is signed for the region %s, with V4, even when an endpoint is given: ali-oss would sign V1 and for cn-hangzhou',
    async (region) => {
      const { headers } = await firstRequest({
        ...hangzhou,
        region,
        endpoint: 'https://backups.example.com',
      });

      expect(headers.authorization).toMatch(/^OSS4-HMAC-SHA256 Credential=fixture\/\d{8}\/cn-beijing\/oss\//);
    },
  );

  it('puts the bucket into the Host header for a local server, because <bucket>.localhost cannot be resolved', async () => {
    const { url, headers } = await firstRequest({ ...hangzhou, endpoint: 'http://localhost:9000' }, true);

    expect(new URL(url).origin).toBe('http://127.0.0.1:9000');
    expect(headers.host).toBe('vault.oss-cn-hangzhou.aliyuncs.com');
  });

  it.each<[string, Partial<OssLocation>]>([
    ['plain HTTP', { endpoint: 'http://backups.example.com' }],
    ['this machine, unless it is allowed', { endpoint: 'http://127.0.0.1:9000' }],
    ['this machine by HTTPS, unless it is allowed', { endpoint: 'https://localhost' }],
    ['an IP address, such as that of the metadata service', { endpoint: 'https://100.100.100.200' }],
    ['an IPv6 address', { endpoint: 'https://[fe80::1]' }],
    ['an IP address in disguise', { endpoint: 'https://0x7f000001' }],
    ['a path, which ali-oss would drop', { endpoint: 'https://backups.example.com/vault' }],
    ['credentials in the endpoint', { endpoint: 'https://user:secret@backups.example.com' }],
    ['another protocol', { endpoint: 'ftp://backups.example.com' }],
    ['no host', { endpoint: 'https://' }],
    ['a region that is none', { region: 'hangzhou.example.com/' }],
    ['a bucket that is none', { bucket: 'Vault_1' }],
    ['a bucket with a host in it', { bucket: 'vault.example.com#' }],
  ])('is refused for %s', (_, change) => {
    let error: unknown;
    try {
      resolveLocation({ ...hangzhou, ...change });
    } catch (thrown) {
      error = thrown;
    }
    expect(isKind(error, 'invalid')).toBe(true);
    expect(String(error)).not.toContain('secret');
  });

  it.each([
    ['', ''],
    ['/', ''],
    ['cluster/a', 'cluster/a/'],
    ['/cluster/a/', 'cluster/a/'],
  ])('takes the subdirectory %j as %j', (prefix, expected) => {
    expect(resolveLocation({ ...hangzhou, prefix }).prefix).toBe(expected);
  });
});

/** What the real ali-oss would have sent. */
async function firstRequest(
  location: OssLocation,
  allowInsecureLoopback = false,
): Promise<{ url: string; headers: Record<string, string | number> }> {
  const sent: { url: string; headers: Record<string, string | number> }[] = [];
  jest.spyOn(Transport.prototype, 'client').mockReturnValue({
    request: async (url, { headers }) => {
      sent.push({ url, headers });
      const answer = { status: 200, headers: { date: new Date().toUTCString(), etag: '"0"' } };
      return { ...answer, res: answer };
    },
  });
  const store = openOssStore(
    location,
    { credentials: async () => key, allowInsecureLoopback },
    { clock: systemClock, random: systemRandom },
  );
  await store.put('key', Buffer.from('x'));
  return sent[0]!;
}
