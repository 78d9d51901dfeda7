import { sha256Hex } from '../sha256';
import { LifeboatError } from '../errors';

/** The 32 bytes of a key in base64, as the environment holds it. Throws LifeboatError `invalid`, quoting nothing of it. */
export function keyBytes(key: string): Buffer {
  const text = key.trim();
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32 || !/^[A-Za-z0-9+/]{43}=$/.test(text)) {
    throw new LifeboatError('invalid', 'the sealing key is not 32 bytes in base64', {
      hint: 'openssl rand -base64 32 makes one',
    });
  }
  return bytes;
}

/** First 8 hexadecimal digits of the SHA-256 of the key. No secret. */
export function keyId(secret: Buffer): string {
  return sha256Hex(secret).slice(0, 8);
}

/** The id that a seal carries for this key. Throws LifeboatError `invalid` when it is no key. */
export function sealingKeyId(key: string): string {
  return keyId(keyBytes(key));
}
