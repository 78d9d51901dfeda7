import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isKind, LifeboatError } from '../../../../shared/platform/errors';
import { type Binding, seal, sealingKeyId, unseal } from '../../../../shared/platform/seal/seal';
import { systemRandom } from '../../../../shared/platform/system';

const key = Buffer.alloc(32, 7).toString('base64');
const place: Binding = ['a-secret', 'i-1', 'name'];
const words = { what: 'secret "name"', remedy: 'give it again' };
const text = 'token of the user';
const sealed = () => seal(text, place, key, systemRandom);

function refusal(act: () => unknown): LifeboatError {
  try {
    act();
  } catch (error) {
    if (error instanceof LifeboatError) return error;
    throw error;
  }
  throw new Error('it opened');
}

describe('seal', () => {
  it('opens again, and is never the same bytes twice', () => {
    expect(unseal(JSON.parse(JSON.stringify(sealed())), place, key, words)).toBe(text);
    expect(sealed().ciphertext).not.toBe(sealed().ciphertext);
  });

  it('tells which key it needs', () => {
    // SHA-256 of 32 bytes of 0x07, from sha256sum.
    expect(sealingKeyId(key)).toBe('4bb06f8e');
    expect(sealed()).toMatchObject({ version: 1, algorithm: 'AES-256-GCM', keyId: '4bb06f8e' });
    const other = randomBytes(32).toString('base64');
    const error = refusal(() => unseal(sealed(), place, other, words));
    expect(error.kind).toBe('denied');
    expect(error.message).toContain(sealingKeyId(other));
    expect(`${error.message}${error.hint}`).not.toContain(other);
  });

  it('does not open under another key even when the key id is forged', () => {
    const other = randomBytes(32).toString('base64');
    const forged = { ...sealed(), keyId: sealingKeyId(other) };
    expect(refusal(() => unseal(forged, place, other, words)).kind).toBe('corrupt');
  });

  it('does not open with any bit flipped, or at another place', () => {
    const whole = sealed();
    fc.assert(
      fc.property(fc.constantFrom('nonce', 'ciphertext', 'tag'), fc.nat(), fc.nat(7), (field, at, bit) => {
        const bytes = Buffer.from(whole[field as 'tag'], 'base64');
        bytes[at % bytes.length]! ^= 1 << bit;
        const changed = { ...whole, [field]: bytes.toString('base64') };
        return isKind(
          refusal(() => unseal(changed, place, key, words)),
          'corrupt',
        );
      }),
    );
    expect(refusal(() => unseal(whole, ['a-secret', 'i-2', 'name'], key, words)).kind).toBe('corrupt');
  });

  it('does not open with a shortened tag, which GCM would take', () => {
    const tag = Buffer.from(sealed().tag, 'base64').subarray(0, 4).toString('base64');
    expect(refusal(() => unseal({ ...sealed(), tag }, place, key, words)).kind).toBe('corrupt');
  });

  it.each([undefined, null, 'text', {}, { ...sealed(), version: 2 }, { ...sealed(), keyId: 5 }])(
    'says that %j is not sealed',
    (stored) => {
      expect(refusal(() => unseal(stored, place, key, words)).kind).toBe('corrupt');
    },
  );

  it.each([
    '',
    'short',
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
    'x'.repeat(44),
  ])('refuses the key %j', (bad) => {
    const error = refusal(() => seal(text, place, bad, systemRandom));
    expect(error.kind).toBe('invalid');
    expect(error.hint).toContain('openssl rand -base64 32');
  });

  it('takes a key with a line end behind it', () => {
    expect(sealingKeyId(`${key}\n`)).toBe(sealingKeyId(key));
  });
});
