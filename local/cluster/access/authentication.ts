import type { Storage } from '../objects/storage';
import { storageKey } from '../objects/stored-object';
import { readClaims } from './account-token';
import { accountUser, administrator, anonymous, type User } from './user';

/** Tells users by their bearer tokens: the administrator's, and those that Secrets hold for service accounts. */
export class Authentication {
  constructor(
    private readonly storage: Storage,
    private readonly administratorToken: string,
  ) {}

  /** @param header `Bearer …`; who sends none is anonymous, who sends a wrong one is nobody */
  user(header: string | undefined): User | undefined {
    if (header === undefined) return anonymous;
    const [, token] = /^Bearer (.+)$/.exec(header) ?? [];
    return token === undefined ? undefined : this.userOf(token);
  }

  userOf(token: string): User | undefined {
    if (token === this.administratorToken) return administrator;
    const claims = readClaims(token);
    if (!claims) return undefined;
    const { namespace, secret, account, accountUid } = claims;
    const stored = this.storage.collection('secrets').get(storageKey(namespace, secret));
    const { data } = (stored?.object() ?? {}) as { data?: Record<string, string> };
    if (data?.token !== Buffer.from(token).toString('base64')) return undefined;
    const found = this.storage.collection('serviceaccounts').get(storageKey(namespace, account));
    return found?.uid === accountUid ? accountUser(namespace, account) : undefined;
  }
}
