import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { channelTypes } from '../../../../shared/formats/manifests/notification';
import { fitted } from '../../../../shared/operations/notifications/channel';
import { channels } from '../../../../shared/operations/notifications/channels';
import type { Notice } from '../../../../shared/formats/state/notices';

const notice: Notice = {
  id: '0123456789abcdef0123456789abcdef',
  event: 'failed',
  title: 'Lifeboat: backup shop-1 failed',
  text: 'backup shop-1 of cluster a: Failed\nno <answer> & nothing',
  at: '2026-11-22T10:00:00Z',
};
const now = new Date('2026-11-22T10:00:05.678Z');
const sent = (type: (typeof channelTypes)[number], url: string, secret?: string, of = notice) => {
  const call = channels[type].call(of, { url, secret }, now);
  return { ...call, body: JSON.parse(call.body), raw: call.body };
};

describe('a message to DingTalk', () => {
  const url = 'https://oapi.dingtalk.com/robot/send?access_token=t';

  it('is text, with milliseconds and signature in the query', () => {
    const call = sent('dingtalk', url, 'SECabc');
    expect(call.body).toEqual({ msgtype: 'text', text: { content: `${notice.title}\n${notice.text}` } });
    const { searchParams } = new URL(call.url);
    expect(searchParams.get('access_token')).toBe('t');
    expect(searchParams.get('timestamp')).toBe('1795341605678');
    // printf '1795341605678\nSECabc' | openssl dgst -sha256 -hmac SECabc -binary | base64
    expect(searchParams.get('sign')).toBe('HZJusweYq5hBIROMXemPQ1nOHTkUgoBg8odMeYyZxe4=');
    expect(call.url).not.toContain('+');
  });

  it('has no signature without a secret', () => {
    expect(sent('dingtalk', url).url).toBe(url);
  });

  it.each([
    [200, '{"errcode":0,"errmsg":"ok"}', undefined],
    [200, '{"errcode":310000,"errmsg":"keywords not in content"}', 'code 310000'],
    [200, '<html>', 'an answer that is no JSON'],
    [500, '', 'status 500'],
  ])('was taken or not: %i %s', (status, body, refusal) => {
    expect(channels.dingtalk.refusal(status, body)).toBe(refusal);
  });
});

describe('a message to Feishu', () => {
  const url = 'https://open.feishu.cn/open-apis/bot/v2/hook/x';

  it('is a post of text, signed in the body with seconds', () => {
    const { body } = sent('feishu', url, 'key');
    expect(body).toEqual({
      timestamp: '1795341605',
      // openssl dgst -sha256 -mac HMAC -macopt hexkey:<the seconds, a newline and `key`> -binary </dev/null | base64
      sign: 'TOv2tU6z/pnEHKez2oNZBl8hL4qV9kqCE+a4UgLGLvM=',
      msg_type: 'post',
      content: {
        post: { en_us: { title: notice.title, content: [[{ tag: 'text', text: notice.text }]] } },
      },
    });
    expect(sent('feishu', url).body).not.toHaveProperty('sign');
  });

  it.each([
    ['{"code":0,"msg":"success","data":{}}', undefined],
    ['{"StatusCode":0,"StatusMessage":"success"}', undefined],
    [
      '{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}',
      'code 19021',
    ],
  ])('was taken or not: %s', (body, refusal) => {
    expect(channels.feishu.refusal(200, body)).toBe(refusal);
  });
});

describe('a message to WeCom', () => {
  it('is text of at most 2048 bytes', () => {
    const url = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k';
    expect(sent('wecom', url)).toMatchObject({
      url,
      body: { msgtype: 'text', text: { content: `${notice.title}\n${notice.text}` } },
    });
    const { body } = sent('wecom', url, undefined, { ...notice, text: '错'.repeat(2_000) });
    expect(Buffer.byteLength(body.text.content)).toBeLessThanOrEqual(2_048);
    expect(body.text.content).toMatch(/错…$/);
    expect(channels.wecom.refusal(200, '{"errcode":93000,"errmsg":"invalid webhook url"}')).toBe(
      'code 93000',
    );
    expect(channels.wecom.refusal(200, '{"errcode":0,"errmsg":"ok"}')).toBeUndefined();
  });
});

describe('a message to Slack', () => {
  const url = 'https://hooks.slack.com/services/T/B/x';

  it('is blocks of plain text, and escaped where markup is read', () => {
    const { body } = sent('slack', url, undefined, { ...notice, title: '<!channel> & more' });
    expect(body).toEqual({
      text: '&lt;!channel&gt; &amp; more',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '<!channel> & more', emoji: false } },
        { type: 'section', text: { type: 'plain_text', text: notice.text, emoji: false } },
      ],
    });
  });

  it('keeps within the lengths of its blocks', () => {
    const { body } = sent('slack', url, undefined, {
      ...notice,
      title: 't'.repeat(500),
      text: 'x'.repeat(9_000),
    });
    expect(body.blocks.map((block: { text: { text: string } }) => block.text.text.length)).toEqual([
      150, 3_000,
    ]);
  });

  it('was taken when it says ok', () => {
    expect(channels.slack.refusal(200, 'ok')).toBeUndefined();
    expect(channels.slack.refusal(404, 'no_service')).toBe('status 404');
  });
});

describe('a webhook', () => {
  it('is signed over its id, the seconds and its body, as Standard Webhooks has it', () => {
    const short = { ...notice, title: 't', text: 'x' };
    const { headers, raw } = sent('webhook', 'https://hook.example.com/x', 'whsec_c2VjcmV0', short);
    expect(raw).toBe(
      '{"type":"lifeboat.failed","timestamp":"2026-11-22T10:00:00Z","data":{"id":"0123456789abcdef0123456789abcdef",' +
        '"event":"failed","title":"t","text":"x","at":"2026-11-22T10:00:00Z"}}',
    );
    expect(headers).toMatchObject({
      'webhook-id': notice.id,
      'webhook-timestamp': '1795341605',
      // printf '<id>.1795341605.<body>' | openssl dgst -sha256 -hmac secret -binary | base64
      'webhook-signature': 'v1,INSSuf8u+1ZO7TEwezP+uc4/OL7j5yZPLE9GfUGX4n0=',
    });
  });
});

describe('every channel', () => {
  it.each(channelTypes)('%s puts neither its secret nor markup of its own into what it says', (type) => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (title, text) => {
        const { raw } = sent(type, 'https://h.example.com/x', 'the-secret', { ...notice, title, text });
        return !raw.includes('the-secret') && JSON.parse(raw) !== null;
      }),
      { examples: [['</script>', '\ud800 "quotes" \\ {{x}}']], numRuns: 50 },
    );
  });
});

describe('fitting a text', () => {
  it('never cuts a character in two nor goes over', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 8, max: 60 }), (text, max) => {
        const cut = fitted(text, max);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
        if (!text.includes('\uFFFD')) expect(cut).not.toContain('\uFFFD');
      }),
    );
  });
});
