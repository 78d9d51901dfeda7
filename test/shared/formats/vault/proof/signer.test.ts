import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isSignedBy, seedSigner } from '../../../../../shared/formats/vault/proof/signer';

const message = Buffer.from('what is signed');

describe('a signer with its key in memory', () => {
  it('has the public key and the signature of RFC 8032, test 2', async () => {
    const signer = seedSigner(
      Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex').toString(
        'base64',
      ),
    );
    const key = Buffer.from(await signer.publicKey(), 'base64').toString('hex');
    expect(key).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    expect((await signer.sign(Buffer.from('72', 'hex'))).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  it('is refused a key of another length, without quoting it', () => {
    expect(() => seedSigner('c2VjcmV0')).toThrow('not 32 bytes');
    expect(() => seedSigner('c2VjcmV0')).not.toThrow('c2VjcmV0');
  });
});

describe('a signature', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  const signature = sign(null, message, privateKey);

  it("is checked as node's own keys check it", () => {
    expect(verify(null, message, createPublicKey(privateKey), signature)).toBe(true);
    expect(isSignedBy(raw, message, signature)).toBe(true);
  });

  it('is none over another message, by another key, or where one of them is no such thing', () => {
    const other = generateKeyPairSync('ed25519')
      .publicKey.export({ format: 'der', type: 'spki' })
      .subarray(-32);
    expect(isSignedBy(raw, Buffer.from('another'), signature)).toBe(false);
    expect(isSignedBy(other.toString('base64'), message, signature)).toBe(false);
    for (const key of ['', 'x', raw.slice(4)]) expect(isSignedBy(key, message, signature)).toBe(false);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(64), signature.subarray(1)])
      expect(isSignedBy(raw, message, bytes)).toBe(false);
  });
});
