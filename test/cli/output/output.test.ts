import { describe, expect, it } from '@jest/globals';
import { ageOf, shortDuration } from '../../../cli/output/age';
import { document } from '../../../cli/output/document';
import { outputFormat } from '../../../cli/output/output-format';
import { table } from '../../../cli/output/table';

describe('tables', () => {
  it('lines columns up under upper-case headings, without trailing blanks', () => {
    expect(
      table(
        ['name', 'phase'],
        [
          ['nightly', 'Completed'],
          ['a', ''],
        ],
      ),
    ).toBe(['NAME      PHASE', 'nightly   Completed', 'a         -'].join('\n'));
  });
});

describe('ages', () => {
  it.each([
    [0, '0s'],
    [7_000, '7s'],
    [12 * 60_000, '12m'],
    [90_000_000, '1d1h'],
    [86_400_000, '1d'],
    [-5_000, '0s'],
  ])('shows %d ms as %s', (milliseconds, text) => {
    expect(shortDuration(milliseconds)).toBe(text);
  });

  it('shows a dash for what has no time', () => {
    expect(ageOf(undefined, new Date())).toBe('-');
  });
});

describe('documents', () => {
  it('prints what JSON and YAML readers read back', async () => {
    const manifest = { kind: 'Vault', spec: { bucket: 'b', note: 'a: "b"\n' } };
    expect(JSON.parse(await document(manifest, 'json'))).toEqual(manifest);
    expect(await document(manifest, 'yaml')).toContain('kind: Vault');
  });

  it('refuses other formats by name', () => {
    expect(() => outputFormat('xml')).toThrow('-o xml is not an output format');
  });
});
