import { createHmac } from 'node:crypto';
import { type Channel, json } from '../channel';

/**
 * A POST of the notice as JSON, signed as Standard Webhooks has it (github.com/standard-webhooks): `webhook-signature` is
 * `v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`; a secret that starts with `whsec_` is
 * base64. Any 2xx is a yes; the id stays the same however often it is sent.
 */
export const webhook: Channel = {
  secret: 'required',
  call(notice, { url, secret = '' }, now) {
    const body = JSON.stringify({ type: `lifeboat.${notice.event}`, timestamp: notice.at, data: notice });
    const timestamp = String(Math.floor(now.getTime() / 1_000));
    const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
    const signature = createHmac('sha256', key).update(`${notice.id}.${timestamp}.${body}`).digest('base64');
    return {
      url,
      headers: {
        ...json,
        'webhook-id': notice.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
    };
  },
  refusal: (status) => (status >= 200 && status <= 299 ? undefined : `status ${status}`),
};
