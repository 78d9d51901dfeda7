import type { Random } from '../../../shared/platform/clock';
import { accountUsername } from './user';

/** What the token of a Secret says of itself. */
export interface TokenClaims {
  namespace: string;
  secret: string;
  account: string;
  accountUid: string;
}

const claim = (name: string) => `kubernetes.io/serviceaccount/${name}`;

/** A token as a token Secret holds it (pkg/serviceaccount, LegacyClaims), with a secret in place of its signature. */
export function accountToken(claims: TokenClaims, random: Random): string {
  const { namespace, secret, account, accountUid } = claims;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = {
    iss: 'kubernetes/serviceaccount',
    [claim('namespace')]: namespace,
    [claim('secret.name')]: secret,
    [claim('service-account.name')]: account,
    [claim('service-account.uid')]: accountUid,
    sub: accountUsername(namespace, account),
  };
  return `${part({ alg: 'none' })}.${part(payload)}.${random.bytes(24).toString('base64url')}`;
}

/** Undefined for what is no such token. Nothing is proved by it. */
export function readClaims(token: string): TokenClaims | undefined {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const [namespace, secret, account, accountUid] = [
      'namespace',
      'secret.name',
      'service-account.name',
      'service-account.uid',
    ].map((name) => String(payload[claim(name)] ?? ''));
    return namespace && secret && account && accountUid
      ? { namespace, secret, account, accountUid }
      : undefined;
  } catch {
    return undefined;
  }
}
