import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Binding } from '../../../../shared/platform/seal/binding';
import { isCurrent, openSecret, sealSecret } from '../../../../shared/platform/seal/envelope';
import { seal, sealingKeyId } from '../../../../shared/platform/seal/seal';
import type { Envelope } from '../../../../shared/platform/seal/sealed';
import { systemRandom } from '../../../../shared/platform/system';
import { sealingKeys } from '../../../harness/sealing-keys';

const key = Buffer.alloc(32, 7).toString('base64');
const other = randomBytes(32).toString('base64');
const keys = sealingKeys({ LIFEBOAT_SEAL_KEY: key });
const place: Binding = ['a-secret', 'i-1', 'name'];
const words = { what: 'secret "name"', remedy: 'give it again' };
const text = 'token of the user';
const sealed = () => sealSecret(text, place, keys, systemRandom);
const open = (it: unknown, at: Binding = place, from = keys) => openSecret(it, at, from, words);
const fails = async (it: unknown, at?: Binding) =>
  expect(await open(it, at).catch((error: unknown) => error)).toMatchObject({ kind: 'corrupt' });

describe('an envelope', () => {
  it('opens at its place, whatever the text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (any) => {
        expect(await open(await sealSecret(any, place, keys, systemRandom))).toBe(any);
      }),
      { numRuns: 50 },
    );
  });

  it('has a data key of its own each time', async () => {
    const [a, b] = [await sealed(), await sealed()];
    expect(a.wrappedKey).not.toBe(b.wrappedKey);
    // The data key of one does not open the other.
    await fails({ ...a, wrappedKey: b.wrappedKey });
  });

  it('names its key and shows nothing of it', async () => {
    const stored = await sealed();
    // SHA-256 of 32 bytes of 0x07, from sha256sum.
    expect(stored).toMatchObject({ version: 2, algorithm: 'AES-256-GCM', keyId: 'env:4bb06f8e' });
    expect(JSON.stringify(stored)).not.toContain(key);
    expect(JSON.stringify(stored)).not.toContain(Buffer.from(text).toString('base64'));
  });

  it.each<Binding>([
    ['another', 'i-1', 'name'],
    ['a-secret', 'i-2', 'name'],
    ['a-secret', 'i-1', 'other'],
    ['a-secret', 'i-1'],
    ['a-secret', 'i-1', 'name', ''],
  ])('does not open at another place', async (...elsewhere) => {
    await fails(await sealed(), elsewhere);
  });

  it('does not open with any bit flipped', async () => {
    const whole = await sealed();
    const fields = ['nonce', 'ciphertext', 'tag', 'wrappedKey'] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.nat(), fc.nat(7), async (field, at, bit) => {
        const bytes = Buffer.from(whole[field], 'base64');
        bytes[at % bytes.length]! ^= 1 << bit;
        await fails({ ...whole, [field]: bytes.toString('base64') });
      }),
    );
  });

  it('does not open with a shortened tag, which GCM would take', async () => {
    const whole = await sealed();
    const tag = Buffer.from(whole.tag, 'base64').subarray(0, 4).toString('base64');
    await fails({ ...whole, tag });
    const wrappedKey = Buffer.from(whole.wrappedKey, 'base64').subarray(0, 48).toString('base64');
    await fails({ ...whole, wrappedKey });
  });

  it('needs its key, also when the id is forged', async () => {
    const strangers = sealingKeys({ LIFEBOAT_SEAL_KEY: other });
    const stored = await sealed();
    const refused = await open(stored, place, strangers).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      kind: 'denied',
      message: 'secret "name" was sealed with key env:4bb06f8e, which is not at hand',
    });
    const forged: Envelope = { ...stored, keyId: `env:${sealingKeyId(other)}` };
    await expect(open(forged, place, strangers)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('opens with an earlier key, and is to be sealed again', async () => {
    const later = sealingKeys({ LIFEBOAT_SEAL_KEY: other, LIFEBOAT_SEAL_KEY_OLD: key });
    const stored = await sealed();
    expect(await open(stored, place, later)).toBe(text);
    expect(isCurrent(stored, keys)).toBe(true);
    expect(isCurrent(stored, later)).toBe(false);
    expect(isCurrent(seal(text, place, key, systemRandom), keys)).toBe(false);
    expect(isCurrent(await sealSecret(text, place, later, systemRandom), later)).toBe(true);
  });

  it.each([undefined, null, 'text', {}, { version: 3 }])('says that %j is not sealed', async (stored) => {
    await fails(stored);
  });

  it('cannot be made without a key', async () => {
    await expect(sealSecret(text, place, sealingKeys({}), systemRandom)).rejects.toMatchObject({
      kind: 'invalid',
      message: 'LIFEBOAT_SEAL_KEY is not set',
      hint: expect.stringContaining('openssl rand -base64 32'),
    });
  });
});
