import * as v from 'valibot';
import { sealedSchema } from '../../platform/seal/sealed';

export const signingKeySchema = v.strictObject({
  kind: v.literal('SigningKey'),
  /** Ed25519, base64 of 32 bytes. */
  publicKey: v.string(),
  /** Base64 of 32 bytes. */
  sealedSeed: sealedSchema,
});

/** `keys/signing.json`: what an installation signs with. */
export type SigningKeyManifest = v.InferOutput<typeof signingKeySchema>;
