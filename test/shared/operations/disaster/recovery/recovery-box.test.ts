import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  openRecoveryBox,
  sealForRecovery,
} from '../../../../../shared/operations/disaster/recovery/recovery-box';
import { newRecoveryKey } from '../../../../../shared/operations/disaster/recovery/recovery-key';
import { systemRandom } from '../../../../../shared/platform/system';

const place = { installation: 'i1', key: 'clusters/a.json', path: 'spec.sealedKubeconfig' };
const pair = newRecoveryKey(systemRandom);

describe('a secret sealed to the recovery key', () => {
  it('opens with the private half alone, and gives back what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const box = sealForRecovery(text, place, pair.publicKey, systemRandom);
        // UTF-8 has no lone surrogates.
        const sealed = Buffer.from(text, 'utf8').toString('utf8');
        expect(openRecoveryBox(box, place, pair.privateKey)).toBe(sealed);
        expect(() => openRecoveryBox(box, place, pair.publicKey)).toThrow(/was sealed to recovery key/);
      }),
    );
  });

  it('is never the same twice, and holds nothing of it in clear', () => {
    const boxes = [1, 2].map(() => sealForRecovery('token-of-an-admin', place, pair.publicKey, systemRandom));
    expect(boxes[0]!.ciphertext).not.toBe(boxes[1]!.ciphertext);
    expect(boxes[0]!.ephemeralKey).not.toBe(boxes[1]!.ephemeralKey);
    expect(Buffer.from(boxes[0]!.ciphertext, 'base64').toString('latin1')).not.toContain('admin');
  });

  it('does not open when a single bit of it is another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ephemeralKey', 'ciphertext', 'tag'),
        fc.nat({ max: 15 }),
        fc.integer({ min: 0, max: 7 }),
        (field, at, bit) => {
          const box = sealForRecovery('a secret of 22 letters', place, pair.publicKey, systemRandom);
          const bytes = Buffer.from(box[field as 'tag'], 'base64');
          bytes[at]! ^= 1 << bit;
          const changed = { ...box, [field]: bytes.toString('base64') };
          expect(() => openRecoveryBox(changed, place, pair.privateKey)).toThrow(/does not open/);
        },
      ),
    );
  });

  it('does not open in another place, installation or field', () => {
    const box = sealForRecovery('secret', place, pair.publicKey, systemRandom);
    for (const other of [
      { ...place, installation: 'i2' },
      { ...place, key: 'clusters/b.json' },
      { ...place, path: 'spec.other' },
    ])
      expect(() => openRecoveryBox(box, other, pair.privateKey)).toThrow(/does not open/);
  });

  it('refuses what is no key without quoting it', () => {
    for (const key of ['', 'short', Buffer.alloc(31).toString('base64'), `${'A'.repeat(42)}!=`])
      expect(() => sealForRecovery('x', place, key, systemRandom)).toThrow(
        new Error('the recovery key is not 32 bytes in base64'),
      );
  });

  it('takes no key of small order, with which everybody would agree on the same', () => {
    const zero = Buffer.alloc(32).toString('base64');
    expect(() => sealForRecovery('x', place, zero, systemRandom)).toThrow();
  });
});
