import { describe, expect, it } from '@jest/globals';
import { RefusedItems } from '../../../../../../shared/operations/restore/apply/refused/refused-items';

const refused = (name: string, cause = 'webhook a', namespace = 'shop', meetsAll = true) => ({
  ref: { groupResource: 'configmaps', namespace, name },
  subject: { groupResource: 'configmaps', apiVersion: 'v1', kind: 'ConfigMap', namespace, name },
  refusal: { reason: 'no', cause, cure: 'time' as const, meetsAll },
});

describe('RefusedItems', () => {
  it('foresees a refusal after many of one cause in a row, in that resource and namespace alone', () => {
    const items = new RefusedItems();
    for (let index = 0; index < 23; index++) items.add(refused(`a${index}`));
    expect(items.foreseen({ groupResource: 'configmaps', namespace: 'shop', name: 'x' })).toBeUndefined();
    items.add(refused('a23'));
    expect(items.foreseen({ groupResource: 'configmaps', namespace: 'shop', name: 'x' })?.refusal.cause).toBe(
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
    accepted.accepted(ref, true);
    expect(accepted.foreseen(ref)).toBeUndefined();
    const other = fill();
    other.add(refused('b', 'quota'));
    expect(other.foreseen(ref)).toBeUndefined();
    const taken = fill();
    expect(taken.take().size).toBe(30);
    expect(taken.foreseen(ref)).toBeUndefined();
    expect(taken.size).toBe(0);
  });

  it('foresees nothing of a cause that is in the objects, but for one sent before in a pass that samples', () => {
    const items = new RefusedItems();
    const denied = (name: string) => refused(name, 'webhook a denies', 'shop', false);
    for (let index = 0; index < 30; index++) items.add(denied(`a${index}`));
    const ref = (name: string) => ({ groupResource: 'configmaps', namespace: 'shop', name });
    expect(items.foreseen(ref('a29'))).toBeUndefined();
    items.take(() => true, true);
    for (let index = 0; index < 24; index++) items.add(denied(`a${index}`));
    expect(items.foreseen(ref('a29'))?.refusal.cause).toBe('webhook a denies');
    expect(items.foreseen(ref('new'))).toBeUndefined();
  });

  it('knows what was last sent before something else was made', () => {
    const items = new RefusedItems();
    items.add(refused('a'));
    expect(items.outdated).toBe(false);
    items.accepted({ groupResource: 'secrets', namespace: 'shop', name: 'same' }, false);
    expect(items.outdated).toBe(false);
    items.accepted({ groupResource: 'secrets', namespace: 'shop', name: 'made' }, true);
    expect(items.outdated).toBe(true);
  });
});
