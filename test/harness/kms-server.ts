import { createHash, randomBytes } from 'node:crypto';
import { type Answer, openApiServer, type TakenCall } from './openapi-server';

/** The key of the functions' role, which the server takes. */
export const role = { accessKeyId: 'role', accessKeySecret: 'secret-of-the-role', securityToken: 'token' };

/**
 * A KMS with some keys, behind the signature check of openapi-server.ts. It answers in the shape of API 2016-01-20, opens
 * a data key only with the context that it was made with, and can be told to refuse a key.
 */
export async function kmsServer(...keyIds: string[]) {
  const made = new Map<string, { keyId: string; plain: string; context: string }>();
  const disabled = new Set<string>();
  const server = await openApiServer({ [role.accessKeyId]: role.accessKeySecret }, (call) => answer(call));

  function answer({ action, version, parameters, securityToken }: TakenCall): Answer {
    if (securityToken !== role.securityToken) return [403, { Code: 'InvalidSecurityToken.Malformed' }];
    if (version !== '2016-01-20') return [404, { Code: 'InvalidAction.NotFound' }];
    const context = parameters.EncryptionContext ?? '';
    if (action === 'GenerateDataKey') {
      const { KeyId: keyId = '', KeySpec } = parameters;
      if (KeySpec !== 'AES_256') return [400, { Code: 'InvalidParameter' }];
      if (!keyIds.includes(keyId)) return [404, { Code: 'Forbidden.KeyNotFound' }];
      if (disabled.has(keyId)) return [409, { Code: 'Rejected.Disabled' }];
      const plain = randomBytes(32).toString('base64');
      const blob = createHash('sha256').update(plain).digest('base64');
      made.set(blob, { keyId, plain, context });
      return [
        200,
        { KeyId: keyId, KeyVersionId: 'v1', Plaintext: plain, CiphertextBlob: blob, RequestId: '1' },
      ];
    }
    if (action === 'Decrypt') {
      const known = made.get(parameters.CiphertextBlob ?? '');
      if (!known || known.context !== context) return [400, { Code: 'InvalidParameter' }];
      if (disabled.has(known.keyId)) return [409, { Code: 'Rejected.Disabled' }];
      return [200, { KeyId: known.keyId, KeyVersionId: 'v1', Plaintext: known.plain, RequestId: '1' }];
    }
    return [404, { Code: 'InvalidAction.NotFound' }];
  }

  return { ...server, disable: (keyId: string) => disabled.add(keyId) };
}
