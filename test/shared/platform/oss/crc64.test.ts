import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Crc64, crc64 } from '../../../../shared/platform/oss/crc64';

describe('crc64', () => {
  it('has the check value of CRC-64/XZ', () => {
    expect(crc64(Buffer.from('123456789'))).toBe('11051210869376104954');
  });

  it('is 0 for no bytes', () => {
    expect(crc64(Buffer.alloc(0))).toBe('0');
  });

  it('agrees with the definition, bit by bit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crc64(bytes)).toBe(bitwise(bytes));
      }),
    );
  });

  it('does not depend on where in memory the bytes lie', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 9 }), (bytes, offset) => {
        const moved = Buffer.alloc(offset + bytes.length);
        moved.set(bytes, offset);

        expect(crc64(moved.subarray(offset))).toBe(bitwise(bytes));
      }),
    );
  });

  it('does not depend on how a stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (pieces) => {
        const streamed = new Crc64();
        for (const piece of pieces) streamed.update(piece);

        expect(streamed.digest()).toBe(bitwise(Buffer.concat(pieces)));
      }),
    );
  });

  it('may be asked in the middle', () => {
    const streamed = new Crc64().update(Buffer.from('12345'));
    streamed.digest();

    expect(streamed.update(Buffer.from('6789')).digest()).toBe('11051210869376104954');
  });
});

function bitwise(bytes: Uint8Array): string {
  let crc = 0xffffffffffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
  }
  return (crc ^ 0xffffffffffffffffn).toString();
}
