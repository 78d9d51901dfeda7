import { describe, expect, it } from '@jest/globals';
import { parseRange } from '../../../../local/oss/routes/range';

// The table of "How out-of-range requests behave" in the service's documentation, for an object of 1,000 bytes.
describe('parseRange', () => {
  it.each([
    ['bytes=0-499', { start: 0, end: 500 }],
    ['bytes=500-', { start: 500, end: 1000 }],
    ['bytes=-500', { start: 500, end: 1000 }],
    ['bytes=0-499,500-999', { start: 0, end: 500 }],
  ])('reads %s', (header, span) => {
    expect(parseRange(header, 1000, false)).toEqual(span);
  });

  it.each([
    'byte=0-499',
    'bytes=0-1000',
    'bytes=1000-2000',
    'bytes=1000-',
    'bytes=-2000',
    'bytes=-',
    'bytes=5-4',
  ])('sends the whole object for %s', (header) => {
    expect(parseRange(header, 1000, false)).toBeUndefined();
  });

  it("follows HTTP's rules when it is asked to", () => {
    expect(parseRange('bytes=500-2000', 1000, true)).toEqual({ start: 500, end: 1000 });
    expect(() => parseRange('bytes=1000-2000', 1000, true)).toThrow(
      'The requested range cannot be satisfied.',
    );
  });
});
