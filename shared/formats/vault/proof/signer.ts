import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { LifeboatError } from '../../../platform/errors';

/**
 * Signs with an Ed25519 key that it never shows: one from the environment, or one that a key management service keeps.
 */
export interface Signer {
  /** 32 bytes, base64. */
  publicKey(): Promise<string>;
  /** 64 bytes. Throws LifeboatError `unavailable` or `denied`. */
  sign(message: Buffer): Promise<Buffer>;
}

/** What stands before the 32 bytes in PKCS #8 and in SubjectPublicKeyInfo (RFC 8410 §4, §7). */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** A signer with the key in memory. `seed` is base64 of 32 bytes; throws `invalid`, quoting nothing of it. */
export function seedSigner(seed: string): Signer {
  const bytes = Buffer.from(seed, 'base64');
  if (bytes.length !== 32) {
    throw new LifeboatError('invalid', 'the signing key is not 32 bytes in base64', {
      hint: 'make one with `openssl rand -base64 32`',
    });
  }
  const key = createPrivateKey({
    key: Buffer.concat([privatePrefix, bytes]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = spki.subarray(publicPrefix.length).toString('base64');
  return {
    publicKey: async () => publicKey,
    sign: async (message) => sign(null, message, key),
  };
}

/** True when the signature is that of the key (base64 of 32 bytes) over the message. Hostile input: never throws. */
export function isSignedBy(publicKey: string, message: Buffer, signature: Buffer): boolean {
  const key = publicKeyObject(publicKey);
  return key !== undefined && signature.length === 64 && verify(null, message, key, signature);
}

function publicKeyObject(publicKey: string): KeyObject | undefined {
  const bytes = Buffer.from(publicKey, 'base64');
  if (bytes.length !== 32) return undefined;
  try {
    return createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
