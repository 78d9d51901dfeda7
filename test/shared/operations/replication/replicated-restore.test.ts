import { describe, expect, it } from '@jest/globals';
import { replicatedRestore } from '../../../../shared/operations/replication/replicated-restore';
import { rule } from './rules';

describe('replicatedRestore', () => {
  it('brings the data of volumes only where the rule asks for it', () => {
    const asked = (spec: object) => {
      const one = rule('standby', 'a', ['b'], spec);
      return replicatedRestore([one], one, 'shop-1', 'b', 'installation');
    };
    expect(asked({ volumes: 'snapshots' })).toMatchObject({ spec: { restorePVs: true } });
    expect(asked({})).not.toHaveProperty('spec.restorePVs');
  });
});
