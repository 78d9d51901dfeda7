import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Random } from '../clock';
import { LifeboatError } from '../errors';

/** A secret as it is stored. `keyId` is none. */
export const sealedSchema = v.strictObject({
  version: v.literal(1),
  algorithm: v.literal('AES-256-GCM'),
  /** First 8 hexadecimal digits of the SHA-256 of the key. */
  keyId: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  /** Base64, 12 bytes. */
  nonce: v.string(),
  /** Base64. */
  ciphertext: v.string(),
  /** Base64, 16 bytes. */
  tag: v.string(),
});

export type Sealed = v.InferOutput<typeof sealedSchema>;

/** What a seal belongs to: a word for what it is, then what tells its place. One that is moved elsewhere does not open. */
export type Binding = readonly [purpose: string, ...place: string[]];

/** Seals text for one place. `key` is base64 of 32 bytes. */
export function seal(text: string, binding: Binding, key: string, random: Random): Sealed {
  const secret = keyBytes(key);
  const keyId = idOf(secret);
  const nonce = random.bytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce);
  cipher.setAAD(boundTo(binding, keyId));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    version: 1,
    algorithm: 'AES-256-GCM',
    keyId,
    nonce: nonce.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  };
}

/**
 * Opens what `seal` made, for the same place and with the same key. Throws LifeboatError `denied` for another key, `corrupt`
 * for anything else that does not fit: damaged, or moved. Says nothing of the content.
 * @param words how messages name it (`cluster "a": its kubeconfig`), and what mends it (`add the cluster again`)
 */
export function unseal(
  sealed: unknown,
  binding: Binding,
  key: string,
  { what, remedy }: { what: string; remedy: string },
): string {
  const secret = keyBytes(key);
  const parsed = v.safeParse(sealedSchema, sealed);
  if (!parsed.success) {
    throw new LifeboatError('corrupt', `${what} is not sealed as version 1`, { hint: remedy });
  }
  const { nonce, ciphertext, tag, keyId } = parsed.output;
  if (keyId !== idOf(secret)) {
    throw new LifeboatError(
      'denied',
      `${what} was sealed with key ${keyId}, the key at hand is ${idOf(secret)}`,
      { hint: `set the sealing key that was in use then, or ${remedy}` },
    );
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, Buffer.from(nonce, 'base64'), {
      authTagLength: 16,
    });
    decipher.setAAD(boundTo(binding, keyId));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64')), decipher.final()]);
    return plain.toString('utf8');
  } catch {
    // Neither the cipher's nor the parser's error may say anything about the content.
    throw new LifeboatError(
      'corrupt',
      `${what} does not open: it was changed, or belongs to another place or installation`,
      { hint: remedy },
    );
  }
}

/** The id that a seal carries for this key. Throws LifeboatError `invalid` when it is no key. */
export function sealingKeyId(key: string): string {
  return idOf(keyBytes(key));
}

function keyBytes(key: string): Buffer {
  const text = key.trim();
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32 || !/^[A-Za-z0-9+/]{43}=$/.test(text)) {
    throw new LifeboatError('invalid', 'the sealing key is not 32 bytes in base64', {
      hint: 'openssl rand -base64 32 makes one',
    });
  }
  return bytes;
}

function idOf(secret: Buffer): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 8);
}

/** JSON keeps the parts apart whatever they hold. */
function boundTo([purpose, ...place]: Binding, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([purpose, 1, keyId, ...place]));
}
