import { describe, expect, it } from '@jest/globals';
import { RefusedItems } from '../../../../shared/restore/apply/refused-items';

const refused = (name: string, cause = 'webhook a', namespace = 'shop') => ({
  ref: { groupResource: 'configmaps', namespace, name },
  subject: { groupResource: 'configmaps', apiVersion: 'v1', kind: 'ConfigMap', namespace, name },
  refusal: { reason: 'no', cause, passesWithTime: true },
});

describe('RefusedItems', () => {
  it('foresees a refusal after many of one cause in a row, in that resource and namespace alone', () => {
    const items = new RefusedItems();
    for (let index = 0; index < 23; index++) items.add(refused(`a${index}`));
    expect(items.foreseen({ groupResource: 'configmaps', namespace: 'shop', name: 'x' })).toBeUndefined();
    items.add(refused('a23'));
    expect(items.foreseen({ groupResource: 'configmaps', namespace: 'shop', name: 'x' })?.cause).toBe(
      'webhook a',
    );
    expect(items.foreseen({ groupResource: 'configmaps', namespace: 'bank', name: 'x' })).toBeUndefined();
    expect(items.foreseen({ groupResource: 'secrets', namespace: 'shop', name: 'x' })).toBeUndefined();
  });

  it('asks again after a success, after another cause, and in the next pass', () => {
    const ref = { groupResource: 'configmaps', namespace: 'shop', name: 'x' };
    const fill = () => {
      const items = new RefusedItems();
      for (let index = 0; index < 30; index++) items.add(refused(`a${index}`));
      return items;
    };
    const accepted = fill();
    accepted.accepted(ref);
    expect(accepted.foreseen(ref)).toBeUndefined();
    const other = fill();
    other.add(refused('b', 'quota'));
    expect(other.foreseen(ref)).toBeUndefined();
    const taken = fill();
    expect(taken.take().size).toBe(30);
    expect(taken.foreseen(ref)).toBeUndefined();
    expect(taken.size).toBe(0);
  });
});
