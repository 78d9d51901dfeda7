import { describe, expect, it } from '@jest/globals';
import { describeReplicationText, lagText, lastText } from '../../../cli/output/replication';
import { rule } from '../../shared/operations/replication/rules';

describe('a replication at the command line', () => {
  it.each([
    [undefined, 'unknown'],
    [0, '0s'],
    [59, '59s'],
    [60, '1m'],
    [3_600 * 3 + 60 * 12 + 5, '3h 12m'],
    [86_400 * 2 + 3_600, '2d 1h'],
  ])('has a lag of %s seconds as %s', (seconds, text) => {
    expect(lagText(seconds)).toBe(text);
  });

  it('tells what it trusts, and how each target stands', () => {
    const standby = rule('standby', 'a', ['b', 'c'], {
      trustUnsigned: true,
      unsignedResources: ['storageclasses.storage.k8s.io'],
    });
    const last = {
      backup: 'n-2',
      at: '2026-11-22T10:00:00Z',
      restore: 'standby-1',
      phase: 'Failed',
      reason: 'gone',
    };
    const equal = { backup: 'n-1', at: '2026-11-22T09:00:00Z' };
    const status = { targets: [{ target: 'b', last, equal, lagSeconds: 7_200 }, { target: 'c' }] };
    const text = describeReplicationText(standby, status);
    for (const line of [
      'Lag:          unknown',
      '  what nobody signed, without cluster-scoped objects and RBAC but storageclasses.storage.k8s.io',
      '  b: equal to n-1 of 2026-11-22T09:00:00Z, lag 2h 0m; last n-2 Failed by restore standby-1 (gone)',
      '  c: nothing restored yet',
    ])
      expect(text.split('\n')).toContain(line);
    expect(lastText(status)).toBe('n-2 Failed');
  });
});
