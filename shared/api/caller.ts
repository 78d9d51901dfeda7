import { timingSafeEqual } from 'node:crypto';
import type { Installation } from '../installation/installation';
import { nameInToken, sha256 } from '../installation/secrets/tokens';
import { isName } from '../manifests/names';
import { type Role, roles } from '../manifests/token';
import { noteTokenUse } from '../state/token-use';

/** Who calls, and what they may do. */
export interface Caller {
  /** For the audit log: `token ci`, `signature LTAI…`, `this machine`. */
  name: string;
  role: Role;
  /** Only what concerns these; everything when absent. */
  clusters?: readonly string[];
}

export interface CallerOptions {
  /** The trigger in front lets in only those whose signature it has verified (`authType: function`). */
  signed?: boolean;
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
 */
export async function callerOf(
  header: string | undefined,
  open: () => Promise<Installation>,
  { signed, tokenSha256 }: CallerOptions,
): Promise<Caller | undefined> {
  const [, token] = /^Bearer (\S{1,256})$/i.exec(header ?? '') ?? [];
  if (token === undefined) return signed ? signer(header) : undefined;
  if (tokenSha256 && sameDigest(token, tokenSha256)) return { name: 'this machine', role: 'admin' };
  const name = nameInToken(token);
  if (name === undefined || !isName(name)) return undefined;
  return tokenHolder(await open(), name, token);
}

/** Function Compute verified it before it started this function; a request without any was let in by no signature. */
function signer(header: string | undefined): Caller | undefined {
  const [, acs, fc] =
    /^(?:ACS3-\S+ Credential=([\w.-]{1,128}),.*|FC ([\w.-]{1,128}):.*)$/.exec(header ?? '') ?? [];
  const id = acs ?? fc;
  return id === undefined ? undefined : { name: `signature ${id}`, role: 'admin' };
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
  await noteTokenUse(state.store, name, now).catch(() => log.warn(`The use of token ${name} is not noted`));
  return { name: `token ${name}`, role, ...(clusters && { clusters }) };
}

function sameDigest(token: string, digest: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(token), 'hex'), Buffer.from(digest, 'hex'));
}
