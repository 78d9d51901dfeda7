import * as v from 'valibot';
import type { Random } from '../clock';
import { LifeboatError } from '../errors';
import { decrypt, encrypt } from './aes-gcm';
import { type Binding, boundTo } from './binding';
import { keyBytes, keyId as idOf } from './seal-key';
import { type DirectSeal, directSealSchema } from './sealed';

export type { Binding } from './binding';
export { sealingKeyId } from './seal-key';
export { type Sealed, sealedSchema } from './sealed';

/** How messages name a secret (`cluster "a": its kubeconfig`), and what mends it (`add the cluster again`). */
export interface SecretWords {
  what: string;
  remedy: string;
}

/**
 * Seals text for one place with the key itself. `key` is base64 of 32 bytes. New secrets are sealed with `sealSecret` of
 * envelope.ts instead, where their key may be changed and may lie in KMS.
 */
export function seal(text: string, binding: Binding, key: string, random: Random): DirectSeal {
  const secret = keyBytes(key);
  const keyId = idOf(secret);
  const made = encrypt(Buffer.from(text, 'utf8'), secret, boundTo(binding, 1, keyId), random);
  return {
    version: 1,
    algorithm: 'AES-256-GCM',
    keyId,
    nonce: made.nonce.toString('base64'),
    ciphertext: made.ciphertext.toString('base64'),
    tag: made.tag.toString('base64'),
  };
}

/**
 * Opens what `seal` made, for the same place and with the same key. Throws LifeboatError `denied` for another key, `corrupt`
 * for anything else that does not fit: damaged, or moved. Says nothing of the content.
 */
export function unseal(sealed: unknown, binding: Binding, key: string, words: SecretWords): string {
  const secret = keyBytes(key);
  const parsed = v.safeParse(directSealSchema, sealed);
  if (!parsed.success) {
    throw new LifeboatError('corrupt', `${words.what} is not sealed as version 1`, { hint: words.remedy });
  }
  const { nonce, ciphertext, tag, keyId } = parsed.output;
  if (keyId !== idOf(secret)) {
    throw new LifeboatError(
      'denied',
      `${words.what} was sealed with key ${keyId}, the key at hand is ${idOf(secret)}`,
      { hint: `set the sealing key that was in use then, or ${words.remedy}` },
    );
  }
  const plain = decrypt(
    {
      nonce: Buffer.from(nonce, 'base64'),
      ciphertext: Buffer.from(ciphertext, 'base64'),
      tag: Buffer.from(tag, 'base64'),
    },
    secret,
    boundTo(binding, 1, keyId),
  );
  if (plain) return plain.toString('utf8');
  throw doesNotOpen(words);
}

export function doesNotOpen({ what, remedy }: SecretWords): LifeboatError {
  return new LifeboatError(
    'corrupt',
    `${what} does not open: it was changed, or belongs to another place or installation`,
    { hint: remedy },
  );
}
