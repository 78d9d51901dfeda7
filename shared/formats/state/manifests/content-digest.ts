import { sha256Hex } from '../../../platform/sha256';
import { jsonBytes } from '../json-object';

/** Tells whether a manifest is as it was: 16 hex digits of the SHA-256 of its JSON, whatever the order of its fields. */
export function contentDigest(value: unknown): string {
  return sha256Hex(jsonBytes(value)).slice(0, 16);
}
