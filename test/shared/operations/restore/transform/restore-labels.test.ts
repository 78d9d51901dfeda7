import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { labelValue, restoreLabels } from '../../../../../shared/operations/restore/transform/restore-labels';

describe('restoreLabels', () => {
  it('are those that Velero puts on what it restores', () => {
    expect(restoreLabels('b', 'r')).toEqual({ 'velero.io/backup-name': 'b', 'velero.io/restore-name': 'r' });
  });

  it('hash names that are no label values', () => {
    const name = `${'a'.repeat(60)}.subdomain`;
    const digest = createHash('sha256').update(name).digest('hex');
    expect(labelValue(name)).toBe(`${name.slice(0, 57)}${digest.slice(0, 6)}`);
    expect(labelValue(name)).toHaveLength(63);
    expect(labelValue('a'.repeat(63))).toBe('a'.repeat(63));
  });
});
