import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isName, replicatedRestoreName, scheduledBackupName } from '../../../../shared/platform/input/names';
import { parse } from '../../../../shared/platform/input/parse';
import { scheduleSchema } from '../../../../shared/formats/manifests/schedule';

const anyName = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

function schedule(name: string, clusters: string[], includeClusterInNames: boolean) {
  return {
    kind: 'Schedule',
    metadata: { name },
    spec: {
      schedule: '0 2 * * *',
      clusters,
      vault: 'main',
      startAt: '2026-11-22T10:00:00Z',
      includeClusterInNames,
      template: { includedNamespaces: ['shop'] },
    },
  };
}

describe('names', () => {
  it('of scheduled backups are schedule and slot, with the cluster where there are several', () => {
    const slot = new Date('2026-11-22T02:05:09Z');
    expect(scheduledBackupName('daily', 'a', false, slot)).toBe('daily-20261122020509');
    expect(scheduledBackupName('daily', 'a', true, slot)).toBe('daily-a-20261122020509');
  });

  it('that a saved schedule gives its backups are always names', () => {
    fc.assert(
      fc.property(anyName, anyName, fc.boolean(), (name, cluster, include) => {
        let saved = true;
        try {
          parse(scheduleSchema, schedule(name, [cluster], include), 'it');
        } catch {
          saved = false;
        }
        const backup = scheduledBackupName(name, cluster, include, new Date('2026-11-22T02:00:00Z'));
        expect(saved).toBe(isName(backup));
      }),
    );
  });

  it('without the cluster are for schedules of one cluster', () => {
    expect(() => parse(scheduleSchema, schedule('daily', ['a', 'b'], false), 'it')).toThrow(
      'takes one cluster only',
    );
  });

  it('of replicated restores differ when rule, vault, backup or cluster do', () => {
    const restores = [
      replicatedRestoreName('rule', 'main', 'shop-1', 'b'),
      replicatedRestoreName('rule', 'main', 'shop-1', 'c'),
      replicatedRestoreName('rule', 'main', 'shop-2', 'b'),
      replicatedRestoreName('rule', 'other', 'shop-1', 'b'),
      replicatedRestoreName('rule2', 'main', 'shop-1', 'b'),
    ];
    expect(new Set(restores).size).toBe(restores.length);
    expect(isName(replicatedRestoreName('r'.repeat(46), 'main', 'b'.repeat(63), 'c'))).toBe(true);
  });
});
