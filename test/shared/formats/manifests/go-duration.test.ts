import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatGoDuration, parseGoDuration } from '../../../../shared/formats/manifests/go-duration';

describe('a duration of Go', () => {
  it.each([
    ['720h0m0s', 2_592_000_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['90s', 90_000],
    ['250ms', 250],
    ['-2m', -120_000],
    ['0', 0],
  ])('%s is read', (text, milliseconds) => {
    expect(parseGoDuration(text)).toBe(milliseconds);
  });

  it.each([
    [2_592_000_000, '720h0m0s'],
    [600_000, '10m0s'],
    [5_000, '5s'],
    [0, '0s'],
    [-61_000, '-1m1s'],
  ])('%d ms is written as Go writes it', (milliseconds, text) => {
    expect(formatGoDuration(milliseconds)).toBe(text);
  });

  it.each(['', '5', 'h', '30d', '1h 30m', '1h;', '1e3s'])('%j is refused', (text) => {
    expect(() => parseGoDuration(text)).toThrow('is not a duration');
  });

  it('of whole seconds comes back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (seconds) => {
        expect(parseGoDuration(formatGoDuration(seconds * 1000)) / 1000).toBe(seconds);
      }),
    );
  });
});
