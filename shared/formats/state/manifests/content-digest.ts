import { createHash } from 'node:crypto';
import { jsonBytes } from '../json-object';

/** Tells whether a manifest is as it was: 16 hex digits of the SHA-256 of its JSON, whatever the order of its fields. */
export function contentDigest(value: unknown): string {
  return createHash('sha256').update(jsonBytes(value)).digest('hex').slice(0, 16);
}
