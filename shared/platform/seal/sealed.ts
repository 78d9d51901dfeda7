import * as v from 'valibot';

const keyIdSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

/** Sealed with the key itself. */
export const directSealSchema = v.strictObject({
  version: v.literal(1),
  algorithm: v.literal('AES-256-GCM'),
  /** First 8 hexadecimal digits of the SHA-256 of the key. */
  keyId: keyIdSchema,
  /** Base64, 12 bytes. */
  nonce: v.string(),
  /** Base64. */
  ciphertext: v.string(),
  /** Base64, 16 bytes. */
  tag: v.string(),
});

/** Sealed with a data key of its own, which is kept beside it, wrapped. */
const envelopeSchema = v.strictObject({
  version: v.literal(2),
  algorithm: v.literal('AES-256-GCM'),
  /** Of the key that wraps the data key: `env:4bb06f8e`, or `kms:<key id>`. */
  keyId: keyIdSchema,
  /** The data key as the wrapping key made it: base64. */
  wrappedKey: v.pipe(v.string(), v.maxLength(8192)),
  nonce: v.string(),
  ciphertext: v.string(),
  tag: v.string(),
});

/** A secret as it is stored. `keyId` is none. */
export const sealedSchema = v.variant('version', [directSealSchema, envelopeSchema]);

export type DirectSeal = v.InferOutput<typeof directSealSchema>;
export type Envelope = v.InferOutput<typeof envelopeSchema>;
export type Sealed = v.InferOutput<typeof sealedSchema>;

/** The key that opens a seal, in the form of an envelope's `keyId`. */
export function keyIdOf(sealed: Sealed): string {
  return sealed.version === 1 ? `env:${sealed.keyId}` : sealed.keyId;
}
