import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../clock';

const algorithm = 'aes-256-gcm';

/** What AES-256-GCM makes of a text. */
export interface Ciphertext {
  /** 12 bytes, never used twice with a key. */
  nonce: Buffer;
  ciphertext: Buffer;
  /** 16 bytes. */
  tag: Buffer;
}

/** @param key 32 bytes @param bound authenticated with the text, and not kept */
export function encrypt(text: Buffer, key: Buffer, bound: Buffer, random: Random): Ciphertext {
  const nonce = random.bytes(12);
  const cipher = createCipheriv(algorithm, key, nonce);
  cipher.setAAD(bound);
  const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
}

/** Undefined when anything does not fit: neither the cipher's error nor a parser's may say anything about the content. */
export function decrypt(
  { nonce, ciphertext, tag }: Ciphertext,
  key: Buffer,
  bound: Buffer,
): Buffer | undefined {
  try {
    // A shortened tag would be taken otherwise.
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: 16 });
    decipher.setAAD(bound);
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}
