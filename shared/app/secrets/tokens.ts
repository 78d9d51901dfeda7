import { sha256Hex } from '../../platform/sha256';
import { LifeboatError } from '../../platform/errors';
import { durationSchema, parseGoDuration } from '../../formats/manifests/go-duration';
import { instant } from '../../formats/manifests/instant';
import { parse } from '../../platform/input/parse';
import type { Role, TokenManifest } from '../../formats/manifests/token';
import { forgetTokenUse } from '../../formats/state/token-use';
import { assertExists } from '../assert-exists';
import type { Installation } from '../installation';
import { record } from '../record';

export interface TokenToAdd {
  name: string;
  role: Role;
  /** Only what concerns these; everything when absent. */
  clusters?: string[];
  /** How long it is good for, as `720h`. */
  validFor: string;
}

const longest = 366 * 24 * 3_600_000;

/** What every token begins with, so that scanners for leaked secrets know it. */
const tokenPrefix = 'lifeboat';

/**
 * Makes a bearer token for the HTTP API. The token is in the answer and nowhere else: the state keeps its SHA-256, which is
 * as good as a slow hash for 256 random bits. Throws `invalid` naming the field, `not-found` naming the cluster, `conflict`
 * when the name is taken.
 */
export async function addToken(
  installation: Installation,
  { name, role, clusters, validFor }: TokenToAdd,
): Promise<{ manifest: TokenManifest; token: string }> {
  const { state, clock, random } = installation;
  const span = parseGoDuration(parse(durationSchema, validFor, 'the time that the token is good for'));
  if (span < 60_000 || span > longest) {
    throw new LifeboatError('invalid', `a token cannot be good for ${validFor}`, {
      hint: 'give a time from 1m to 8784h (366 days)',
    });
  }
  const token = `${tokenPrefix}.${name}.${random.bytes(32).toString('base64url')}`;
  const now = clock.now();
  const checked = state.tokens.check({
    kind: 'Token',
    metadata: { name },
    spec: {
      role,
      ...(clusters && { clusters }),
      createdAt: instant(now),
      expiresAt: instant(new Date(now.getTime() + span)),
      sha256: sha256Hex(token),
    },
  });
  for (const cluster of clusters ?? []) await state.clusters.get(cluster);
  const manifest = await state.tokens.create(checked);
  await record(installation, { action: 'create', what: 'token', name });
  return { manifest, token };
}

/** From the next call on nobody is let in by it. Throws `not-found`. */
export async function deleteToken(installation: Installation, name: string): Promise<void> {
  const { state } = installation;
  await assertExists(state.tokens, name);
  await state.tokens.remove(name);
  await forgetTokenUse(state.store, name);
  await record(installation, { action: 'delete', what: 'token', name });
}

/** The name in a token; undefined for what is no token of ours. */
export function nameInToken(token: string): string | undefined {
  const [prefix, name, secret, ...rest] = token.split('.');
  return prefix === tokenPrefix && secret && rest.length === 0 ? name : undefined;
}
