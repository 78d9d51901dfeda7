import { timingSafeEqual } from 'node:crypto';
import type { Vouched } from '../app/fc/http-event';
import type { Installation } from '../app/installation';
import { nameInToken } from '../app/secrets/tokens';
import { sha256Hex } from '../platform/sha256';
import { isName } from '../platform/input/names';
import { type Role, roles, tokenId } from '../formats/manifests/token';
import { noteTokenUse } from '../formats/state/token-use';
import { signingKey } from './signature';

/** Who calls, and what they may do. */
export interface Caller {
  /** For the audit log: `token ci (3f2a9c1d)`, `signature LTAI… from 203.0.113.7`, `this machine`. */
  name: string;
  /**
   * What the caller's idempotency keys and open runs are counted by. A token that is created again under a name is another
   * caller.
   */
  id: string;
  role: Role;
  /** Only what concerns these; everything when absent. */
  clusters?: readonly string[];
}

export interface CallerOptions {
  /** The trigger in front lets in only those whose signature it has verified (`authType: function`). */
  signed?: boolean;
  /** Custom domains where Function Compute verifies signatures too, in small letters. */
  signedDomains?: readonly string[];
  /** SHA-256 (hex) of a token that may do everything: that of one machine. */
  tokenSha256?: string;
}

/** True when a role may do what another is asked for. */
export function mayAs(role: Role, wanted: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(wanted);
}

/**
 * Who sends this `Authorization` header; undefined when it proves nobody. The installation is opened only for what looks
 * like a token of ours.
 * @param vouched what Function Compute says of the request
 */
export async function callerOf(
  header: string | undefined,
  open: () => Promise<Installation>,
  { signed, signedDomains, tokenSha256 }: CallerOptions,
  vouched?: Vouched,
): Promise<Caller | undefined> {
  const [, token] = /^Bearer (\S{1,256})$/i.exec(header ?? '') ?? [];
  if (token === undefined) {
    const key = signed ? signingKey(header, { vouched, domains: signedDomains }) : undefined;
    return key === undefined ? undefined : signer(key, vouched);
  }
  if (tokenSha256 && sameDigest(token, tokenSha256))
    return { name: 'this machine', id: 'this machine', role: 'admin' };
  const name = nameInToken(token);
  if (name === undefined || !isName(name)) return undefined;
  return tokenHolder(await open(), name, token);
}

function signer(key: string, vouched: Vouched | undefined): Caller {
  const id = `signature ${key}`;
  const from = vouched?.sourceIp?.replace(/[^\w.:]/g, '').slice(0, 45);
  return { name: from ? `${id} from ${from}` : id, id, role: 'admin' };
}

async function tokenHolder(
  { state, clock, log }: Installation,
  name: string,
  token: string,
): Promise<Caller | undefined> {
  const found = await state.tokens.find(name);
  if (!found || !sameDigest(token, found.spec.sha256)) return undefined;
  const { role, clusters, expiresAt } = found.spec;
  const now = clock.now();
  if (Date.parse(expiresAt) <= now.getTime()) return undefined;
  const own = { name, id: tokenId(found) };
  await noteTokenUse(state.store, own, now).catch(() => log.warn(`The use of token ${name} is not noted`));
  return { name: `token ${name} (${own.id})`, id: `token ${own.id}`, role, ...(clusters && { clusters }) };
}

function sameDigest(token: string, digest: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(token), 'hex'), Buffer.from(digest, 'hex'));
}
