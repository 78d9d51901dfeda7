import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ResourceListBuilder } from '../../../../../shared/formats/vault/side-files/resource-list';

function read(list: ResourceListBuilder): Record<string, string[]> {
  return JSON.parse([...list.json()].join(''));
}

describe('ResourceListBuilder', () => {
  it('lists kinds and names in order, each name once, and no kind of which there is nothing', () => {
    const list = new ResourceListBuilder();
    list.of('v1', 'ResourceQuota');
    list.of('v1', 'ConfigMap').add('shop', 'b');
    list.add({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' });
    list.add({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'b' });
    list.add({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      outcome: 'created',
    });
    list.of('v1', 'Namespace').add(undefined, 'shop');
    const built = read(list);
    expect(built).toEqual({
      'apps/v1/Deployment': ['shop/web(created)'],
      'v1/ConfigMap': ['shop/a', 'shop/b'],
      'v1/Namespace': ['shop'],
    });
    expect(Object.keys(built)).toEqual(Object.keys(built).toSorted());
  });

  it('sorts the names of any namespaces as Go sorts the whole texts', () => {
    // `-` and `.` come before the slash, digits and letters after it.
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', '0'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name)), (objects) => {
        const list = new ResourceListBuilder();
        for (const [namespace, object] of objects) list.of('v1', 'Pod').add(namespace, object);
        const whole = [...new Set(objects.map((parts) => parts.join('/')))];
        const sorted = whole.sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
        expect(read(list)['v1/Pod'] ?? []).toEqual(sorted);
      }),
    );
  });

  it.each([1, 250, 251, 500, 3_333])(
    'keeps each of %i names, whatever is in them and in any order',
    (count) => {
      const names = Array.from({ length: count }, (_, at) => `"${String(at).padStart(5, '0')}\n\\é`);
      const twice = [...names, ...names.slice(-1)];
      for (const added of [names, names.toReversed(), twice]) {
        const list = new ResourceListBuilder();
        for (const name of added) list.of('v1', 'Pod').add('shop', name);
        expect(read(list)['v1/Pod']).toEqual(names.map((name) => `shop/${name}`));
      }
    },
  );

  it('is an empty object where nothing was added', () => {
    expect(read(new ResourceListBuilder())).toEqual({});
  });
});
