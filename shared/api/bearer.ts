import { createHash, timingSafeEqual } from 'node:crypto';

/** True when the header carries the token whose SHA-256 (hex) is given. */
export function isBearer(header: string | undefined, tokenSha256: string): boolean {
  const [, token] = /^Bearer (\S+)$/i.exec(header ?? '') ?? [];
  if (!token) return false;
  return timingSafeEqual(createHash('sha256').update(token).digest(), Buffer.from(tokenSha256, 'hex'));
}
