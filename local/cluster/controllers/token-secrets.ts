import {
  tokenAccountAnnotation,
  tokenAccountUidAnnotation,
  tokenSecretType,
} from '../../../shared/formats/manifests/token-secret';
import { accountToken } from '../access/account-token';
import { storageKey, type StoredObject } from '../objects/stored-object';
import type { Controller, ControllerContext } from './controllers';

/** Fills the tokens that Secrets ask for, and deletes those whose service account is not there (tokens_controller.go). */
export function tokenSecretController(ca: string): Controller {
  return (change, context) => {
    const { object } = change;
    const look = (key: string) => context.enqueue(`token ${key}`, () => syncSecret(key, ca, context));
    if (object.storage === 'secrets' && change.type !== 'DELETED' && holdsToken(object)) look(object.key);
    if (object.storage === 'serviceaccounts' && change.type === 'DELETED') {
      for (const secret of context.storage.collection('secrets').sorted()) {
        if (secret.namespace === object.namespace && holdsToken(secret)) look(secret.key);
      }
    }
  };
}

const holdsToken = (secret: StoredObject) => secret.tail.includes(tokenSecretType);

function syncSecret(key: string, ca: string, { storage, served, api, random }: ControllerContext): void {
  const stored = storage.collection('secrets').get(key);
  const secret = stored?.object();
  const name = secret?.metadata.annotations?.[tokenAccountAnnotation];
  if (!stored || !name || secret?.type !== tokenSecretType) return;
  const account = storage.collection('serviceaccounts').get(storageKey(stored.namespace, name));
  const wantedUid = secret.metadata.annotations?.[tokenAccountUidAnnotation] ?? account?.uid;
  if (!account || account.uid !== wantedUid) {
    api.deletion.delete(served.findStorage('secrets')!, stored);
    return;
  }
  const data = (secret.data ?? {}) as Record<string, string>;
  if (data.token) return;
  const { namespace } = stored;
  const claims = { namespace, secret: stored.name, account: name, accountUid: account.uid };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  storage.put('secrets', {
    ...secret,
    metadata: {
      ...secret.metadata,
      annotations: { ...secret.metadata.annotations, [tokenAccountUidAnnotation]: account.uid },
    },
    data: {
      ...data,
      'ca.crt': base64(ca),
      namespace: base64(namespace),
      token: base64(accountToken(claims, random)),
    },
  });
}
