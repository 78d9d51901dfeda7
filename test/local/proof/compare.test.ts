import { describe, expect, it } from '@jest/globals';
import { compareSnapshots } from '../../../local/proof/compare';
import { parseExactly } from '../../../local/proof/exact-json';
import type { SeenObject, Snapshot } from '../../../local/proof/snapshot';

function object(
  kind: string,
  fields: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): SeenObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name: 'x', namespace: 'shop', uid: 'u1', resourceVersion: '1', ...metadata },
    ...fields,
  };
}

const snapshot = (key: string, seen: SeenObject): Snapshot => new Map([[key, seen]]);

describe('the comparison behind every proof', () => {
  it('calls objects equal that differ in what a restore cannot keep', () => {
    const before = snapshot('configmaps shop/x', object('ConfigMap', { data: { a: '1' } }));
    const after = snapshot(
      'configmaps shop/x',
      object('ConfigMap', { data: { a: '1' } }, { uid: 'u2', labels: { 'velero.io/restore-name': 'r' } }),
    );
    expect(compareSnapshots(before, after)).toEqual([{ key: 'configmaps shop/x', verdict: 'equal' }]);
  });

  it('calls a replicated object equal that carries the marks of its rule', () => {
    const marked = {
      labels: { 'lifeboat/replicated-by': 'to-b' },
      annotations: { 'lifeboat/replicated-as': 'x', 'lifeboat/origin': 'a' },
    };
    const before = snapshot('configmaps shop/x', object('ConfigMap', {}));
    const after = snapshot('configmaps shop/x', object('ConfigMap', {}, marked));
    expect(compareSnapshots(before, after)[0]?.verdict).toBe('equal');
  });

  it('names the path of any other difference', () => {
    const before = snapshot('configmaps shop/x', object('ConfigMap', { data: { a: '1' } }));
    const after = snapshot('configmaps shop/x', object('ConfigMap', { data: { a: '2' } }));
    expect(compareSnapshots(before, after)).toEqual([
      { key: 'configmaps shop/x', verdict: 'differs', detail: 'data.a' },
    ]);
  });

  it('sees a label that was lost', () => {
    const before = snapshot('secrets shop/x', object('Secret', {}, { labels: { app: 'db' } }));
    const after = snapshot('secrets shop/x', object('Secret', {}));
    expect(compareSnapshots(before, after)[0]).toMatchObject({
      verdict: 'differs',
      detail: 'metadata.labels',
    });
  });

  it('misses what did not come back, and looks in the mapped namespace', () => {
    const before = snapshot('secrets shop/x', object('Secret', {}));
    expect(compareSnapshots(before, new Map())[0]?.verdict).toBe('missing');
    const copy = snapshot('secrets copy/x', object('Secret', {}, { namespace: 'copy' }));
    expect(compareSnapshots(before, copy, () => 'copy')[0]?.verdict).toBe('equal');
  });

  it('leaves to the cluster what a controller makes', () => {
    const owned = { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1', controller: true }] };
    const before = snapshot('pods shop/x', object('Pod', {}, owned));
    expect(compareSnapshots(before, new Map())[0]).toMatchObject({ verdict: 'left to the cluster' });
  });
});

describe('exact JSON', () => {
  it('tells two integers apart that JavaScript cannot', () => {
    expect(parseExactly('{"n":9223372036854775807}')).not.toEqual(parseExactly('{"n":9223372036854775806}'));
  });

  it('leaves strings and small numbers as they are', () => {
    expect(parseExactly('{"a":"say \\"12345678901234567890\\"","b":[1,-2.5,true]}')).toEqual({
      a: 'say "12345678901234567890"',
      b: [1, -2.5, true],
    });
  });
});
