import { createHmac } from 'node:crypto';
import { type Channel, fitted, json, refusalByCode } from '../channel';

/**
 * A custom robot of a DingTalk group. Signed, where the robot asks for it, with the milliseconds and the base64 of
 * HMAC-SHA256(secret, `<milliseconds>\n<secret>`) in the query. Plain text: nothing in it can be markup, and people are
 * called by `at` alone. `errcode` 0 is a yes.
 */
export const dingtalk: Channel = {
  hosts: ['oapi.dingtalk.com', 'api.dingtalk.com'],
  holdsToken: /[?&]access_token=[^&]/,
  secret: 'optional',
  call({ title, text }, { url, secret }, now) {
    const signed = new URL(url);
    if (secret) {
      const timestamp = String(now.getTime());
      signed.searchParams.set('timestamp', timestamp);
      signed.searchParams.set(
        'sign',
        createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'),
      );
    }
    const content = fitted(`${title}\n${text}`, 16_000);
    return { url: signed.href, headers: json, body: JSON.stringify({ msgtype: 'text', text: { content } }) };
  },
  refusal: (status, body) => refusalByCode(status, body, 'errcode'),
};
