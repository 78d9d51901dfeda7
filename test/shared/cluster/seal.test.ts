import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  openSealedKubeconfig,
  type SealBinding,
  sealKubeconfig,
  sealingKeyId,
} from '../../../shared/cluster/seal';
import { isKind, LifeboatError } from '../../../shared/errors';
import { systemRandom } from '../../../shared/system';

const key = Buffer.alloc(32, 7).toString('base64');
const binding: SealBinding = { installation: 'i-1', cluster: 'prod', server: 'https://api.example.com:6443' };
const kubeconfig = {
  server: binding.server,
  token: 'secret-token-of-the-user',
  clientKeyData: 'c2VjcmV0LWtleQ==',
};
const sealed = () => sealKubeconfig(kubeconfig, binding, key, systemRandom);

function refusal(act: () => unknown): LifeboatError {
  try {
    act();
  } catch (error) {
    if (error instanceof LifeboatError) return error;
    throw error;
  }
  throw new Error('it opened');
}

describe('sealKubeconfig', () => {
  it('opens again with the same key at the same place', () => {
    const stored = JSON.parse(JSON.stringify(sealed()));
    expect(openSealedKubeconfig(stored, binding, key)).toEqual(kubeconfig);
  });

  it('shows nothing of the secrets, and never the same bytes twice', () => {
    const stored = JSON.stringify(sealed());
    for (const encoding of ['utf8', 'base64', 'hex'] as const) {
      expect(stored).not.toContain(Buffer.from(kubeconfig.token).toString(encoding));
    }
    expect(stored).not.toContain(key);
    expect(sealed().ciphertext).not.toBe(sealed().ciphertext);
  });

  it('tells which key it needs', () => {
    // SHA-256 of 32 bytes of 0x07, from sha256sum.
    expect(sealingKeyId(key)).toBe('4bb06f8e');
    expect(sealed()).toMatchObject({ version: 1, algorithm: 'AES-256-GCM', keyId: sealingKeyId(key) });
    const other = randomBytes(32).toString('base64');
    const error = refusal(() => openSealedKubeconfig(sealed(), binding, other));
    expect(error.kind).toBe('denied');
    expect(error.message).toContain(sealingKeyId(key));
    expect(error.message).toContain(sealingKeyId(other));
    expect(`${error.message}${error.hint}`).not.toContain(other);
  });

  it('does not open under another key even when the key id is forged', () => {
    const other = randomBytes(32).toString('base64');
    const forged = { ...sealed(), keyId: sealingKeyId(other) };
    expect(refusal(() => openSealedKubeconfig(forged, binding, other)).kind).toBe('corrupt');
  });

  it.each<[string, Partial<SealBinding>]>([
    ['another name', { cluster: 'staging' }],
    ['another server address', { server: 'https://evil.example.com' }],
    ['another installation', { installation: 'i-2' }],
  ])('does not open when moved to %s', (_, change) => {
    const error = refusal(() => openSealedKubeconfig(sealed(), { ...binding, ...change }, key));
    expect(error.kind).toBe('corrupt');
    expect(error.message).toContain(change.cluster ?? 'prod');
    expect(error.hint).toContain('add the cluster again');
  });

  it('does not open with any bit flipped', () => {
    const whole = sealed();
    fc.assert(
      fc.property(fc.constantFrom('nonce', 'ciphertext', 'tag'), fc.nat(), fc.nat(7), (field, at, bit) => {
        const bytes = Buffer.from(whole[field as 'tag'], 'base64');
        bytes[at % bytes.length]! ^= 1 << bit;
        const changed = { ...whole, [field]: bytes.toString('base64') };
        return isKind(
          refusal(() => openSealedKubeconfig(changed, binding, key)),
          'corrupt',
        );
      }),
    );
  });

  it('does not open with a shortened tag, which GCM would take', () => {
    const tag = Buffer.from(sealed().tag, 'base64').subarray(0, 4).toString('base64');
    expect(refusal(() => openSealedKubeconfig({ ...sealed(), tag }, binding, key)).kind).toBe('corrupt');
  });

  it.each([
    undefined,
    null,
    'text',
    {},
    { ...sealed(), version: 2 },
    { ...sealed(), keyId: 5 },
    { ...sealed(), nonce: '' },
  ])('says that %j is no sealed kubeconfig', (stored) => {
    expect(refusal(() => openSealedKubeconfig(stored, binding, key)).kind).toBe('corrupt');
  });

  it.each([
    '',
    'short',
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
    'x'.repeat(44),
  ])('refuses the key %j', (bad) => {
    const error = refusal(() => sealKubeconfig(kubeconfig, binding, bad, systemRandom));
    expect(error.kind).toBe('invalid');
    expect(error.hint).toContain('openssl rand -base64 32');
  });

  it('takes a key with a line end behind it', () => {
    expect(sealingKeyId(`${key}\n`)).toBe(sealingKeyId(key));
  });

  it('refuses to seal for a server that the kubeconfig does not name', () => {
    expect(
      refusal(() => sealKubeconfig(kubeconfig, { ...binding, server: 'https://b' }, key, systemRandom)).kind,
    ).toBe('invalid');
  });
});
