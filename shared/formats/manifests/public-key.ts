import * as v from 'valibot';
import { fault, parse } from '../../platform/input/parse';

/** An Ed25519 public key: 32 bytes in base64, as `lifeboat replication key` prints it. */
export const publicKeySchema = v.pipe(
  v.string(),
  v.regex(
    /^[A-Za-z0-9+/]{43}=$/,
    fault(
      'is not an Ed25519 public key',
      'take it from `lifeboat replication key` of the other installation',
    ),
  ),
);

/** Parses a trusted public key. Throws LifeboatError `invalid` if it is not one. */
export function parsePublicKey(text: string): string {
  return parse(publicKeySchema, text.trim(), 'the key to trust');
}
