import { sha256Hex } from '../sha256';
import type { Random } from '../clock';
import { LifeboatError } from '../errors';
import type { Kms } from '../alibaba/kms';
import { decrypt, encrypt } from './aes-gcm';
import { type Binding, boundTo } from './binding';
import { keyBytes, keyId } from './seal-key';

/** A data key, in clear for the moment and as it is kept. */
interface DataKey {
  /** 32 bytes. */
  plain: Buffer;
  /** Base64. */
  wrapped: string;
}

/** A key that wraps data keys and is never shown. */
export interface WrappingKey {
  /** `env:4bb06f8e` (of the SHA-256 of the key) or `kms:<key id>`. */
  readonly id: string;
  /** A new data key for one place. Throws LifeboatError `denied`, `unavailable`. */
  make(binding: Binding): Promise<DataKey>;
  /** Opens a data key that was made for the same place; undefined when it does not fit. Throws `denied`, `unavailable`. */
  open(wrapped: string, binding: Binding): Promise<Buffer | undefined>;
}

const version = 2;

/** A key from the environment: base64 of 32 bytes. */
export function environmentKey(key: string, random: Random): WrappingKey {
  const secret = keyBytes(key);
  const id = `env:${keyId(secret)}`;
  const bound = (binding: Binding) => boundTo(['lifeboat-data-key', ...binding], version, id);
  return {
    id,
    async make(binding) {
      const plain = random.bytes(32);
      const { nonce, ciphertext, tag } = encrypt(plain, secret, bound(binding), random);
      return { plain, wrapped: Buffer.concat([nonce, ciphertext, tag]).toString('base64') };
    },
    async open(wrapped, binding) {
      const bytes = Buffer.from(wrapped, 'base64');
      if (bytes.length !== 12 + 32 + 16) return undefined;
      const parts = {
        nonce: bytes.subarray(0, 12),
        ciphertext: bytes.subarray(12, 44),
        tag: bytes.subarray(44),
      };
      return decrypt(parts, secret, bound(binding));
    },
  };
}

/**
 * A key that lies in KMS and never leaves it. The place goes with each call as encryption context, hashed. What another
 * key wrapped is refused, also where the credentials may use that key: else anybody who can write to the state could
 * bring secrets of their own, under a key of their own.
 */
export function kmsKey(id: string, kms: Kms): WrappingKey {
  return {
    id: `kms:${id}`,
    async make(binding) {
      return kms.generateDataKey(id, contextOf(binding));
    },
    async open(wrapped, binding) {
      try {
        const { plain, keyId: used } = await kms.decrypt(wrapped, contextOf(binding));
        return used === id ? plain : undefined;
      } catch (error) {
        // KMS's word for bytes or a context that do not fit.
        if (error instanceof LifeboatError && error.kind === 'invalid') return undefined;
        throw error;
      }
    },
  };
}

function contextOf([purpose, ...place]: Binding): Record<string, string> {
  return {
    lifeboat: purpose,
    place: sha256Hex(JSON.stringify(place)),
  };
}
