import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Random } from '../../../platform/clock';
import { LifeboatError } from '../../../platform/errors';

/** What stands before the 32 bytes of an X25519 key in PKCS #8 and in SubjectPublicKeyInfo (RFC 8410 §4, §7). */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

/** The second key: whoever seals holds the public half, and the private one lies where an operator keeps it. Base64 of 32 bytes each. */
export interface RecoveryKeyPair {
  publicKey: string;
  privateKey: string;
}

/** A new pair. */
export function newRecoveryKey(random: Random): RecoveryKeyPair {
  const privateKey = random.bytes(32);
  return {
    publicKey: publicBytes(privateKeyOf(privateKey)).toString('base64'),
    privateKey: privateKey.toString('base64'),
  };
}

/** Throws LifeboatError `invalid`, quoting nothing of it. */
export function readPublicKey(text: string): KeyObject {
  const bytes = keyBytes(text, 'the recovery key');
  return createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' });
}

/** Throws LifeboatError `invalid`, quoting nothing of it. */
export function readPrivateKey(text: string): KeyObject {
  return privateKeyOf(keyBytes(text, 'the private half of the recovery key'));
}

/** From 32 random bytes. */
export function privateKeyOf(bytes: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([privatePrefix, bytes]), format: 'der', type: 'pkcs8' });
}

/** The 32 bytes of the public half. */
export function publicBytes(key: KeyObject): Buffer {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);
}

function keyBytes(text: string, what: string): Buffer {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, 'base64');
  if (bytes.length === 32 && /^[A-Za-z0-9+/]{43}=$/.test(trimmed)) return bytes;
  throw new LifeboatError('invalid', `${what} is not 32 bytes in base64`, {
    hint: '`lifeboat state recovery-key` makes a pair',
  });
}
