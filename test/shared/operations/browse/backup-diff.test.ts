import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DiffSide, diffSides } from '../../../../shared/operations/browse/backup-diff';
import { systemRandom } from '../../../../shared/platform/system';

interface Written {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  value: string;
  resourceVersion: number;
}

const written: fc.Arbitrary<Written> = fc.record({
  kind: fc.constantFrom('ConfigMap' as const, 'Secret' as const),
  name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  value: fc.constantFrom('value-one', 'value-two', 'value-three'),
  resourceVersion: fc.nat(),
});
const objects = fc.uniqueArray(written, { selector: ({ kind, name }) => `${kind}/${name}` });

function side(list: readonly Written[]): DiffSide {
  return {
    async read(visit, groupResources) {
      for (const { kind, name, value, resourceVersion } of list) {
        const groupResource = kind === 'Secret' ? 'secrets' : 'configmaps';
        if (groupResources && !groupResources.has(groupResource)) continue;
        const data = { field: kind === 'Secret' ? Buffer.from(value).toString('base64') : value };
        const metadata = { name, namespace: 'shop', resourceVersion: String(resourceVersion) };
        const body = Buffer.from(JSON.stringify({ apiVersion: 'v1', kind, metadata, data }));
        visit({ groupResource, namespace: 'shop', name, body });
      }
    },
  };
}

const options = { wants: () => true, secretKey: systemRandom.bytes(32), details: 1_000 };
const kindAndName = ({ kind, name }: Pick<Written, 'kind' | 'name'>) => `${kind}/${name}`;

describe('the diff of two sides', () => {
  it('counts every object once, names exactly what differs, and shows no value of a Secret', async () => {
    await fc.assert(
      fc.asyncProperty(objects, objects, async (from, to) => {
        const diff = await diffSides(side(from), side(to), options);
        const before = new Map(from.map((one) => [kindAndName(one), one.value]));
        const after = new Map(to.map((one) => [kindAndName(one), one.value]));
        const expected = new Map<string, string>();
        for (const [key, value] of after)
          if (!before.has(key)) expected.set(key, 'added');
          else if (before.get(key) !== value) expected.set(key, 'changed');
        for (const key of before.keys()) if (!after.has(key)) expected.set(key, 'removed');
        const found = new Map(
          diff.objects.map(({ kind, name, difference }) => [`${kind}/${name}`, difference as string]),
        );
        expect(found).toEqual(expected);
        expect(diff.added + diff.changed + diff.same).toBe(to.length);
        expect(diff.removed + diff.changed + diff.same).toBe(from.length);
        for (const { kind, difference, fields } of diff.objects) {
          if (difference === 'changed') expect(fields?.map(({ path }) => path)).toEqual(['data.field']);
          if (kind === 'Secret') expect(JSON.stringify(fields ?? '')).not.toMatch(/value-|dmFsdWU/);
        }
      }),
    );
  });

  it('is the same the other way round, with new and gone exchanged', async () => {
    await fc.assert(
      fc.asyncProperty(objects, objects, async (from, to) => {
        const there = await diffSides(side(from), side(to), options);
        const back = await diffSides(side(to), side(from), options);
        expect([back.added, back.removed, back.changed]).toEqual([there.removed, there.added, there.changed]);
      }),
    );
  });

  it('shows the fields of so many objects and no more, and says of all others that they changed', async () => {
    const make = (value: string): Written[] =>
      Array.from({ length: 20 }, (_, n) => ({ kind: 'ConfigMap', name: `c${n}`, value, resourceVersion: n }));
    const diff = await diffSides(side(make('one')), side(make('two')), { ...options, details: 5 });
    expect(diff.changed).toBe(20);
    expect(diff.objects.filter(({ fields }) => fields !== undefined)).toHaveLength(5);
  });
});
