import { createHmac } from 'node:crypto';
import { type Channel, fitted, json, refusalByCode } from '../channel';

/**
 * A custom bot of a Feishu or Lark group: a `post` of text elements, which hold no markup. Signed, where the bot asks for it,
 * with the seconds and the base64 of HMAC-SHA256 under the key `<seconds>\n<secret>` of nothing, in the body. `code` 0 (older:
 * `StatusCode`) is a yes.
 */
export const feishu: Channel = {
  hosts: ['open.feishu.cn', 'open.larksuite.com'],
  holdsToken: /\/hook\/[^/]/,
  secret: 'optional',
  call({ title, text }, { url, secret }, now) {
    const timestamp = String(Math.floor(now.getTime() / 1_000));
    const sign = secret && createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
    const content = [[{ tag: 'text', text: fitted(text, 16_000) }]];
    return {
      url,
      headers: json,
      body: JSON.stringify({
        ...(sign && { timestamp, sign }),
        msg_type: 'post',
        content: { post: { en_us: { title, content } } },
      }),
    };
  },
  refusal: (status, body) => refusalByCode(status, body, 'code', 'StatusCode'),
};
