import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PathSet } from '../../../../../shared/formats/vault/untrusted/path-set';
import { safePath } from '../../../../../shared/formats/vault/untrusted/safe-path';

/** The rule as it is said: no segment empty, `.` or `..`, none over 258 bytes, no NUL. */
function isSafe(path: string): boolean {
  const clean = path.replace(/^\.\//, '').replace(/\/$/, '');
  return clean
    .split('/')
    .every(
      (segment) =>
        !['', '.', '..'].includes(segment) &&
        Buffer.byteLength(segment) <= 258 &&
        !/[\0\ufffd]/.test(segment),
    );
}

describe('a safe path', () => {
  it('is what the rule says, whatever the path', () => {
    const segment = fc.oneof(
      fc.constantFrom(
        '',
        '.',
        '..',
        '...',
        '.a',
        'a.',
        'a',
        'ü'.repeat(129),
        'ü'.repeat(130),
        '😀'.repeat(65),
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
        const path = segments.join('/');
        const clean = path.replace(/^\.\//, '').replace(/\/$/, '');
        expect(safePath(path)).toBe(isSafe(path) ? clean : undefined);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a set of paths', () => {
  it('knows each path it was given and no other', () => {
    const paths = new PathSet();
    for (let index = 0; index < 100_000; index++) {
      if (!paths.add(`resources/pods/namespaces/ns-${index % 50}/pod-${index}.json`))
        throw new Error(`${index} taken for another`);
    }
    for (let index = 0; index < 100_000; index += 997) {
      expect(paths.add(`resources/pods/namespaces/ns-${index % 50}/pod-${index}.json`)).toBe(false);
    }
  });
});
