import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Random } from '../clock';
import { LifeboatError } from '../errors';
import type { SanitisedKubeconfig } from './kubeconfig';

/** A kubeconfig as it is stored: AES-256-GCM, JSON. `keyId` and `server` are no secrets. */
export interface SealedKubeconfig {
  version: 1;
  algorithm: 'AES-256-GCM';
  /** First 8 hexadecimal digits of the SHA-256 of the key. */
  keyId: string;
  /** Base64, 12 bytes. */
  nonce: string;
  /** Base64. */
  ciphertext: string;
  /** Base64, 16 bytes. */
  tag: string;
}

/** What a sealed kubeconfig belongs to. One that is moved elsewhere does not open. */
export interface SealBinding {
  /** Id of the installation. */
  installation: string;
  /** The cluster's registered name. */
  cluster: string;
  /** The server address, as kept readable beside the seal. */
  server: string;
}

/** Seals for one place. `key` is base64 of 32 bytes, from the environment. */
export function sealKubeconfig(
  kubeconfig: SanitisedKubeconfig,
  binding: SealBinding,
  key: string,
  random: Random,
): SealedKubeconfig {
  if (kubeconfig.server !== binding.server) {
    throw new LifeboatError('invalid', `cluster "${binding.cluster}": sealed for another server address`);
  }
  const secret = keyBytes(key);
  const keyId = idOf(secret);
  const nonce = random.bytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce);
  cipher.setAAD(boundTo(binding, keyId));
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(kubeconfig), 'utf8'), cipher.final()]);
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
 * Opens what `sealKubeconfig` made, for the same place and with the same key. Throws LifeboatError `denied` for another
 * key, `corrupt` for anything else that does not fit: damaged, or moved to another installation, name or address.
 */
export function openSealedKubeconfig(
  sealed: unknown,
  binding: SealBinding,
  key: string,
): SanitisedKubeconfig {
  const secret = keyBytes(key);
  const { nonce, ciphertext, tag, keyId } = checked(sealed, binding.cluster);
  if (keyId !== idOf(secret)) {
    throw new LifeboatError(
      'denied',
      `cluster "${binding.cluster}": its kubeconfig was sealed with key ${keyId}, the key at hand is ${idOf(secret)}`,
      { hint: 'set the sealing key that was in use then, or add the cluster again' },
    );
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: 16 });
    decipher.setAAD(boundTo(binding, keyId));
    decipher.setAuthTag(tag);
    const plain = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    const kubeconfig = JSON.parse(plain.toString('utf8')) as SanitisedKubeconfig;
    if (kubeconfig.server === binding.server) return kubeconfig;
  } catch {
    // Neither the cipher's nor the parser's error may say anything about the content.
  }
  throw new LifeboatError(
    'corrupt',
    `cluster "${binding.cluster}": its sealed kubeconfig does not open: it was changed, or belongs to another name, server address or installation`,
    { hint: 'add the cluster again' },
  );
}

/** The id that a sealed kubeconfig carries for this key. Throws LifeboatError `invalid` when it is no key. */
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
function boundTo(binding: SealBinding, keyId: string): Buffer {
  return Buffer.from(
    JSON.stringify(['lifeboat-kubeconfig', 1, keyId, binding.installation, binding.cluster, binding.server]),
  );
}

function checked(sealed: unknown, cluster: string) {
  const { version, algorithm, keyId, nonce, ciphertext, tag } = (sealed ?? {}) as Record<string, unknown>;
  const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : '', 'base64');
  const parts = { nonce: bytes(nonce), ciphertext: bytes(ciphertext), tag: bytes(tag) };
  const whole =
    algorithm === 'AES-256-GCM' &&
    typeof keyId === 'string' &&
    /^[0-9a-f]{8}$/.test(keyId) &&
    parts.nonce.length === 12 &&
    parts.tag.length === 16 &&
    parts.ciphertext.length > 0;
  if (version !== 1 || !whole) {
    throw new LifeboatError('corrupt', `cluster "${cluster}": not a sealed kubeconfig of version 1`, {
      hint: 'add the cluster again',
    });
  }
  return { ...parts, keyId: keyId as string };
}
