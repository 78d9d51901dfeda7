import * as v from 'valibot';
import { LifeboatError } from '../errors';
import { callOpenApi, type OpenApiAccess } from './call';

/** What is needed of a key management service: data keys that only it can open again. */
export interface Kms {
  /** A new key of 32 bytes, in clear and wrapped under the key of this id. `context` must be given again to open it. */
  generateDataKey(
    keyId: string,
    context: Record<string, string>,
  ): Promise<{ plain: Buffer; wrapped: string }>;
  /** Opens a wrapped key, and tells under which key it was wrapped. */
  decrypt(wrapped: string, context: Record<string, string>): Promise<{ plain: Buffer; keyId: string }>;
}

const version = '2016-01-20';

const dataKey = v.object({
  KeyId: v.pipe(v.string(), v.nonEmpty()),
  Plaintext: v.pipe(v.string(), v.nonEmpty()),
  CiphertextBlob: v.pipe(v.string(), v.nonEmpty()),
});
const decrypted = v.object({
  KeyId: v.pipe(v.string(), v.nonEmpty()),
  Plaintext: v.pipe(v.string(), v.nonEmpty()),
});

/**
 * Alibaba Cloud's KMS (API version 2016-01-20): GenerateDataKey and Decrypt. No secret is ever sent to it but wrapped.
 * Throws LifeboatError naming the key: `denied`, `not-found`, `invalid`, or `unavailable`.
 */
export function alibabaKms(access: OpenApiAccess): Kms {
  return {
    async generateDataKey(keyId, context) {
      const what = `KMS key ${keyId}`;
      const { body } = await callOpenApi(access, {
        action: 'GenerateDataKey',
        version,
        what,
        parameters: { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: JSON.stringify(context) },
      });
      const { Plaintext, CiphertextBlob } = answer(dataKey, body, `GenerateDataKey for ${what}`);
      return { plain: keyBytes(Plaintext), wrapped: CiphertextBlob };
    },
    async decrypt(wrapped, context) {
      const what = 'a data key';
      const { body } = await callOpenApi(access, {
        action: 'Decrypt',
        version,
        what,
        parameters: { CiphertextBlob: wrapped, EncryptionContext: JSON.stringify(context) },
      });
      const { Plaintext, KeyId } = answer(decrypted, body, `Decrypt for ${what}`);
      return { plain: keyBytes(Plaintext), keyId: KeyId };
    },
  };
}

/** The shared gateway of KMS in a region; `internal` is for functions in a VPC of that region. */
export function kmsEndpoint(region: string, internal: boolean): string {
  return `https://kms${internal ? '-vpc' : ''}.${region}.aliyuncs.com`;
}

function answer<S extends v.GenericSchema>(schema: S, body: unknown, what: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  throw new LifeboatError('unavailable', `${what}: the answer is not one of KMS`);
}

function keyBytes(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 32) return bytes;
  throw new LifeboatError('unavailable', 'KMS answered with a data key that is not 32 bytes long');
}
