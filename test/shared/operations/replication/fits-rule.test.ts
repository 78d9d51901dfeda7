import { describe, expect, it } from '@jest/globals';
import { reasonNotToReplicate } from '../../../../shared/operations/replication/fits-rule';
import type { Origin } from '../../../../shared/operations/origin/origin';
import { backup, rule } from './rules';

const key = `${'A'.repeat(43)}=`;
const uids = new Map([
  ['a', 'uid-a'],
  ['b', 'uid-b'],
]);
const source = (more: object) => ({ source: { vault: 'main', cluster: 'a', ...more } });
const reason = (spec: object, more: Parameters<typeof backup>[1] = {}, known = uids) =>
  reasonNotToReplicate(rule('standby', 'a', ['b'], spec), backup('shop-1', more), known);

describe('a replication rule', () => {
  it('takes a backup that its own installation committed, with no key named', () => {
    expect(reason({})).toBeUndefined();
  });

  it.each<[string, object, Parameters<typeof backup>[1], string]>([
    ['of another cluster', {}, { origin: { proof: 'committed', cluster: 'c' } }, 'the rule is for cluster a'],
    ['of a phase it does not want', {}, { phase: 'PartiallyFailed' }, 'its phase is PartiallyFailed'],
    ['of another schedule', source({ schedule: 'weekly' }), {}, 'the rule is for schedule weekly'],
    [
      'without its namespaces',
      source({ namespaces: ['bank'] }),
      {},
      'it has none of the namespaces of the rule',
    ],
    ['that was changed', {}, { origin: { proof: 'broken', reason: 'changed' } }, 'changed'],
  ])('passes over one %s', (_, spec, more, expected) => {
    expect(reason(spec, more)).toBe(expected);
  });

  it('takes namespaces by pattern', () => {
    expect(reason(source({ namespaces: ['sh*'] }))).toBeUndefined();
    expect(reason(source({ namespaces: ['ba*'] }))).toBe('it has none of the namespaces of the rule');
    expect(reason(source({ namespaces: ['bank'] }), { namespaces: ['b*'] })).toBeUndefined();
  });

  describe('with backups of others', () => {
    const signed: Origin = { proof: 'signed', key, clusterUid: 'uid-a' };

    it('takes only what a key signed that it trusts, of its own source cluster', () => {
      expect(reason({}, { origin: signed })).toContain('does not trust the key');
      expect(reason({ trustedKeys: [key] }, { origin: signed })).toBeUndefined();
      const other: Origin = { ...signed, clusterUid: 'uid-b' };
      expect(reason({ trustedKeys: [key] }, { origin: other })).toBe('the rule is for cluster a');
      expect(reason({ trustedKeys: [key] }, { origin: signed }, new Map())).toContain('is not known');
    });

    it('knows a source that is not registered here by its uid alone', () => {
      const spec = { trustedKeys: [key], ...source({ cluster: 'far', clusterUid: 'uid-far' }) };
      expect(reason(spec, { origin: { ...signed, clusterUid: 'uid-far' } })).toBeUndefined();
      // Of the same name here, and another cluster.
      expect(reason(spec, { origin: { proof: 'committed', cluster: 'far', clusterUid: 'uid-x' } })).toBe(
        'the rule is for cluster far',
      );
    });

    it('takes what nobody signed only when it is told to', () => {
      const origin: Origin = { proof: 'none' };
      expect(reason({}, { origin })).toContain('nobody signed it');
      expect(reason({ trustedKeys: [key] }, { origin })).toContain('nobody signed it');
      expect(reason({ trustUnsigned: true }, { origin })).toBeUndefined();
      const claimed: Origin = { proof: 'claimed', claim: 'it says so', clusterUid: 'uid-a' };
      expect(reason({}, { origin: claimed })).toContain('nobody signed it');
      expect(reason({ trustUnsigned: true }, { origin: claimed })).toBeUndefined();
      expect(reason({ trustUnsigned: true }, { origin: { ...claimed, clusterUid: 'uid-b' } })).toBe(
        'the rule is for cluster a',
      );
    });

    it('never takes what has the name of a run of this installation and was not committed', () => {
      const origin: Origin = { proof: 'claimed', claim: 'it was not committed', ownName: true };
      expect(reason({ trustUnsigned: true }, { origin })).toBe('it was not committed');
    });
  });
});
