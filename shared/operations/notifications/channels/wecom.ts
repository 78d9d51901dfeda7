import { type Channel, fitted, json, refusalByCode } from '../channel';

/** A robot of a WeCom group: plain text of at most 2,048 bytes. It knows no signature: its URL is the secret. `errcode` 0 is a yes. */
export const wecom: Channel = {
  hosts: ['qyapi.weixin.qq.com'],
  holdsToken: /[?&]key=[^&]/,
  call: ({ title, text }, { url }) => ({
    url,
    headers: json,
    body: JSON.stringify({ msgtype: 'text', text: { content: fitted(`${title}\n${text}`, 2_048) } }),
  }),
  refusal: (status, body) => refusalByCode(status, body, 'errcode'),
};
