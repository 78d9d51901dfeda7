import * as v from 'valibot';
import type { Random } from '../clock';
import { LifeboatError } from '../errors';
import { decrypt, encrypt } from './aes-gcm';
import { type Binding, boundTo } from './binding';
import { doesNotOpen, type SecretWords, unseal } from './seal';
import { type Envelope, keyIdOf, type Sealed, sealedSchema } from './sealed';
import type { SealingKeys } from './sealing-keys';

/**
 * Seals text for one place: AES-256-GCM with a data key of its own, wrapped under the current key of the installation.
 * Throws LifeboatError `invalid` when there is no such key, `denied` or `unavailable` when KMS does not serve it.
 */
export async function sealSecret(
  text: string,
  binding: Binding,
  keys: Pick<SealingKeys, 'current'>,
  random: Random,
): Promise<Envelope> {
  const key = keys.current();
  const { plain, wrapped } = await key.make(binding);
  const made = encrypt(Buffer.from(text, 'utf8'), plain, boundTo(binding, 2, key.id), random);
  plain.fill(0);
  return {
    version: 2,
    algorithm: 'AES-256-GCM',
    keyId: key.id,
    wrappedKey: wrapped,
    nonce: made.nonce.toString('base64'),
    ciphertext: made.ciphertext.toString('base64'),
    tag: made.tag.toString('base64'),
  };
}

/**
 * Opens what `sealSecret` or `seal` made, for the same place, with any key of the installation. Throws LifeboatError
 * `denied` when its key is not at hand, `corrupt` for anything else that does not fit: damaged, or moved; `unavailable`.
 */
export async function openSecret(
  sealed: unknown,
  binding: Binding,
  keys: Pick<SealingKeys, 'find' | 'direct'>,
  words: SecretWords,
): Promise<string> {
  const parsed = v.safeParse(sealedSchema, sealed);
  if (!parsed.success) {
    throw new LifeboatError('corrupt', `${words.what} is not sealed as this version of Lifeboat does it`, {
      hint: words.remedy,
    });
  }
  const { output } = parsed;
  if (output.version === 1) {
    const key = keys.direct(output.keyId);
    if (key === undefined) throw notAtHand(output, words);
    return unseal(output, binding, key, words);
  }
  const key = keys.find(output.keyId);
  if (!key) throw notAtHand(output, words);
  const plain = await key.open(output.wrappedKey, binding);
  const text =
    plain &&
    decrypt(
      {
        nonce: Buffer.from(output.nonce, 'base64'),
        ciphertext: Buffer.from(output.ciphertext, 'base64'),
        tag: Buffer.from(output.tag, 'base64'),
      },
      plain,
      boundTo(binding, 2, key.id),
    );
  plain?.fill(0);
  if (text) return text.toString('utf8');
  throw doesNotOpen(words);
}

/** Whether a seal is as `sealSecret` would make it now: an envelope under the current key. */
export function isCurrent(sealed: Sealed, keys: Pick<SealingKeys, 'current'>): boolean {
  return sealed.version === 2 && sealed.keyId === keys.current().id;
}

function notAtHand(sealed: Sealed, { what, remedy }: SecretWords): LifeboatError {
  const id = keyIdOf(sealed);
  const setting = id.startsWith('kms:')
    ? 'name it in LIFEBOAT_KMS_KEY or LIFEBOAT_KMS_KEY_OLD'
    : 'set it in LIFEBOAT_SEAL_KEY or LIFEBOAT_SEAL_KEY_OLD';
  return new LifeboatError('denied', `${what} was sealed with key ${id}, which is not at hand`, {
    hint: `${setting}, or ${remedy}`,
  });
}
