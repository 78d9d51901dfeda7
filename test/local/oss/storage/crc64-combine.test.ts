import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { combineCrc64 } from '../../../../local/oss/storage/crc64-combine';
import { crc64 } from '../../../../shared/platform/oss/crc64';

describe('combineCrc64', () => {
  it('makes the published check value of its two halves', () => {
    expect(combineCrc64(crc64(Buffer.from('1234')), crc64(Buffer.from('56789')), 5)).toBe(
      '11051210869376104954',
    );
  });

  it('is the checksum of the two together', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 5000 }), (a, b) => {
        expect(combineCrc64(crc64(a), crc64(b), b.length)).toBe(crc64(Buffer.concat([a, b])));
      }),
    );
  });
});
