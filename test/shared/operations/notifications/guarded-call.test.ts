import { describe, expect, it } from '@jest/globals';
import { guardedCall } from '../../../../shared/operations/notifications/guarded-call';
import { checkTarget } from '../../../../shared/operations/notifications/target';
import { receiver } from './receiver';

const call = (url: string, local = false) =>
  guardedCall({ what: 'notification "ops"', url, method: 'POST', body: '{}', local, timeout: 2_000 });

describe('a call to where a person pointed', () => {
  it.each([
    'http://hook.example.com/x',
    'ftp://hook.example.com/x',
    'https://user:pass@hook.example.com/x',
    'no url',
  ])('is refused for %s, without a word of its path', async (url) => {
    const error = await call(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      kind: 'invalid',
      message: 'notification "ops": the URL is not an https one',
    });
  });

  it.each([
    ['https://127.0.0.1/x', 'a loopback address'],
    ['https://localhost/x', 'a loopback address'],
    ['https://[::1]/x', 'a loopback address'],
    ['https://[::ffff:127.0.0.1]/x', 'a loopback address'],
    ['https://100.100.100.200/latest/meta-data', 'metadata'],
    ['https://169.254.169.254/x', 'metadata'],
    ['https://10.1.2.3/x', 'a private address'],
    ['https://192.168.0.1/x', 'a private address'],
    ['https://172.31.255.255/x', 'a private address'],
    ['https://100.64.0.1/x', 'a private address'],
    ['https://[fd00::1]/x', 'a private address'],
    ['https://0x7f.1/x', 'a loopback address'],
    ['https://2130706433/x', 'a loopback address'],
  ])('is denied for %s: %s', async (url, reason) => {
    const error = await call(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'denied', message: expect.stringContaining(reason) });
  });

  it('follows no redirect', async () => {
    const inside = await receiver();
    const outside = await receiver(302, '', { location: inside.url });
    try {
      expect(await call(`${outside.url}/x`, true)).toMatchObject({ status: 302 });
      expect(inside.bodies).toEqual([]);
    } finally {
      await Promise.all([inside.close(), outside.close()]);
    }
  });

  it('reads no more of an answer than it needs', async () => {
    const endless = await receiver(200, 'x'.repeat(1_000_000));
    try {
      const { body } = await call(endless.url, true);
      expect(body.length).toBeLessThanOrEqual(64 * 1024);
    } finally {
      await endless.close();
    }
  });

  it('says only the host of what does not answer', async () => {
    const gone = await receiver();
    await gone.close();
    const error = await call(`${gone.url}/secret-token`, true).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
    expect(String((error as Error).message)).not.toContain('secret-token');
  });
});

describe('where a channel may send', () => {
  const check = (type: 'dingtalk' | 'slack' | 'webhook' | 'wecom', url: string, secret?: string) =>
    checkTarget('notification "ops"', type, { url, secret }, false);

  it('is the host of its service, or for a webhook any that signs', () => {
    expect(check('dingtalk', 'https://oapi.dingtalk.com/robot/send?access_token=t')).toBe(
      'oapi.dingtalk.com',
    );
    expect(check('webhook', 'https://hook.example.com:8443/x', 's')).toBe('hook.example.com:8443');
    expect(() => check('slack', 'https://hooks.slack.com.example.com/x')).toThrow('is not where slack takes');
    expect(() => check('dingtalk', 'https://oapi.dingtalk.com:444/x')).toThrow('is not where dingtalk takes');
    expect(() => check('webhook', 'https://hook.example.com/x')).toThrow('there is no secret');
    expect(() => check('wecom', 'https://qyapi.weixin.qq.com/x?key=k', 's')).toThrow('knows no secret');
  });

  it.each([
    'https://100.100.100.200/x',
    'https://1684301000/x',
    'https://127.0.0.1/x',
    'https://localhost/x',
    'https://[::ffff:7f00:1]/x',
    'https://10.0.0.1/x',
  ])('is never %s, which is known when it is added', (url) => {
    expect(() => check('webhook', url, 's')).toThrow(/notification "ops": \S+ is a .* address/);
  });

  it.each([
    ['dingtalk', 'https://oapi.dingtalk.com/robot/send'],
    ['dingtalk', 'https://oapi.dingtalk.com/robot/send?access_token='],
    ['wecom', 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send'],
    ['slack', 'https://hooks.slack.com/'],
  ] as const)('is no URL of %s without its token', (type, url) => {
    expect(() => check(type, url)).toThrow(`does not say which ${type} robot or hook is meant`);
  });

  it('is no webhook with a secret that was cut', () => {
    expect(check('webhook', 'https://hook.example.com/x', 'whsec_c2VjcmV0')).toBe('hook.example.com');
    for (const secret of ['whsec_', 'whsec_!!!', 'whsec_c2Vjcm'])
      expect(() => check('webhook', 'https://hook.example.com/x', secret)).toThrow('is not base64');
  });
});
