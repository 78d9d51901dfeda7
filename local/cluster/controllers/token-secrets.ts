import type { Controller } from './controllers';

const tokenType = 'kubernetes.io/service-account-token';
const accountName = 'kubernetes.io/service-account.name';
const accountUid = 'kubernetes.io/service-account.uid';

/** Fills hand-made service account tokens: with a token that opens nothing here. */
export function tokenSecretController(ca: string): Controller {
  return (change, context) => {
    const { object } = change;
    if (object.storage !== 'secrets' || change.type === 'DELETED' || !object.tail.includes(tokenType)) return;
    context.enqueue(`token ${object.key}`, () => {
      const stored = context.storage.collection('secrets').get(object.key);
      const secret = stored?.object();
      const name = secret?.metadata.annotations?.[accountName];
      const data = (secret?.data ?? {}) as Record<string, string>;
      if (!stored || !secret || !name || secret.type !== tokenType || data.token) return;
      const account = context.storage.collection('serviceaccounts').get(`${stored.namespace}/${name}`);
      if (!account) return;
      const base64 = (text: string) => Buffer.from(text).toString('base64');
      const token = context.random.bytes(24).toString('base64url');
      const annotations = { ...secret.metadata.annotations, [accountUid]: account.uid };
      context.storage.put('secrets', {
        ...secret,
        metadata: { ...secret.metadata, annotations },
        data: {
          ...data,
          'ca.crt': base64(ca),
          namespace: base64(stored.namespace),
          token: base64(`sandbox.${token}`),
        },
      });
    });
  };
}
