import { createCipheriv, createDecipheriv, diffieHellman, hkdfSync, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { sha256Hex } from '../../../platform/sha256';
import type { Random } from '../../../platform/clock';
import { LifeboatError } from '../../../platform/errors';
import { privateKeyOf, publicBytes, readPrivateKey, readPublicKey } from './recovery-key';

/** A secret sealed to a recovery key. */
export const recoveryBoxSchema = v.strictObject({
  version: v.literal(1),
  algorithm: v.literal('X25519-HKDF-SHA256-AES-256-GCM'),
  /** First 8 hexadecimal digits of the SHA-256 of the public key. */
  keyId: v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/)),
  /** Public half of the key of this box alone. Base64, 32 bytes, like the two that follow. */
  ephemeralKey: v.string(),
  ciphertext: v.string(),
  /** 16 bytes. */
  tag: v.string(),
});

export type RecoveryBox = v.InferOutput<typeof recoveryBoxSchema>;

/** What a box belongs to. One that is moved elsewhere does not open. */
export interface BoxPlace {
  /** Id of the installation. */
  installation: string;
  /** Of the manifest in the state: `clusters/a.json`. */
  key: string;
  /** Of the field in it: `spec.sealedKubeconfig`. */
  path: string;
}

/**
 * Seals text to a public key (base64 of 32 bytes): an ephemeral X25519 key for each box, HKDF-SHA256 over what the two keys
 * agree on with both public halves as salt, AES-256-GCM. The construction is that of age's X25519 recipients. The key is
 * used for one message, so its nonce is zero.
 */
export function sealForRecovery(
  text: string,
  place: BoxPlace,
  publicKey: string,
  random: Random,
): RecoveryBox {
  const recipient = readPublicKey(publicKey);
  const ephemeral = privateKeyOf(random.bytes(32));
  const keyId = recoveryKeyId(publicBytes(recipient));
  const cipher = createCipheriv('aes-256-gcm', agreedKey(ephemeral, recipient, ephemeral), nonce);
  cipher.setAAD(boundTo(place, keyId));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    version: 1,
    algorithm: 'X25519-HKDF-SHA256-AES-256-GCM',
    keyId,
    ephemeralKey: publicBytes(ephemeral).toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  };
}

/**
 * Opens what `sealForRecovery` made. Throws LifeboatError `denied` for another key, `corrupt` for a box that was changed or
 * moved. Says nothing of the content.
 */
export function openRecoveryBox(box: RecoveryBox, place: BoxPlace, privateKey: string): string {
  const key = readPrivateKey(privateKey);
  const what = `${place.key}: its ${place.path}`;
  const ours = recoveryKeyId(publicBytes(key));
  if (box.keyId !== ours) {
    throw new LifeboatError(
      'denied',
      `${what} was sealed to recovery key ${box.keyId}, the key at hand is ${ours}`,
      {
        hint: 'give the private half of the key that was set as LIFEBOAT_RECOVERY_KEY then',
      },
    );
  }
  try {
    const ephemeral = readPublicKey(box.ephemeralKey);
    const decipher = createDecipheriv('aes-256-gcm', agreedKey(key, ephemeral, ephemeral, key), nonce, {
      authTagLength: 16,
    });
    decipher.setAAD(boundTo(place, box.keyId));
    decipher.setAuthTag(Buffer.from(box.tag, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(box.ciphertext, 'base64')), decipher.final()]);
    return plain.toString('utf8');
  } catch {
    // Neither the cipher's nor the parser's error may say anything about the content.
    throw new LifeboatError('corrupt', `${what} does not open: it was changed, or belongs elsewhere`, {
      hint: 'take the export of another day or another vault',
    });
  }
}

/** The id that a box carries for a public key. */
export function recoveryKeyId(publicKey: Buffer): string {
  return sha256Hex(publicKey).slice(0, 8);
}

const nonce = Buffer.alloc(12);

/** Both sides come to the same key: the salt names the ephemeral half first, then the recipient's. */
function agreedKey(
  own: KeyObject,
  other: KeyObject,
  ephemeral: KeyObject,
  recipient: KeyObject = other,
): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  const salt = Buffer.concat([publicBytes(ephemeral), publicBytes(recipient)]);
  return Buffer.from(hkdfSync('sha256', shared, salt, 'lifeboat recovery box 1', 32));
}

/** JSON keeps the parts apart whatever they hold. */
function boundTo({ installation, key, path }: BoxPlace, keyId: string): Buffer {
  return Buffer.from(JSON.stringify(['lifeboat-recovery', 1, keyId, installation, key, path]));
}
