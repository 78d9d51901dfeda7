import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { completeItem, ListedItems } from '../../../../shared/platform/kubernetes/listed-item';
import { splitList } from '../../../../shared/platform/kubernetes/split-list';
import { layout, randomJson, randomKey, textOf } from './random-json';

const item = fc.dictionary(
  randomKey.filter((key) => key !== '__proto__'),
  randomJson.value,
  { maxKeys: 5, noNullPrototype: true },
);

describe('completeItem', () => {
  it('adds what is missing and changes no other byte', () => {
    fc.assert(
      fc.property(item, layout, (value, form) => {
        const text = textOf(value, form);
        // A key written with escapes is found by no one but a parser, which takes the later one of two.
        fc.pre(!form.escaped || (!('kind' in value) && !('apiVersion' in value)));
        const completed = completeItem(Buffer.from(text), 'apps/v1', 'Deployment').json.toString();
        expect(JSON.parse(completed)).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', ...value });
        const added = ('apiVersion' in value ? 0 : 1) + ('kind' in value ? 0 : 1);
        expect(completed.endsWith(added === 0 ? text : text.slice(1))).toBe(true);
      }),
    );
  });

  it('does the same for a page as for each of its items', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (values) => {
        const texts = values.map((value) => JSON.stringify(value));
        const page = Buffer.from(`{"items":[${texts}]}`);
        const whole = [...new ListedItems(page, splitList(page).items, 'v1', 'Pod')];
        const single = texts.map((text) => completeItem(Buffer.from(text), 'v1', 'Pod'));
        expect(whole.map(({ json }) => json.toString())).toEqual(single.map(({ json }) => json.toString()));
      }),
    );
  });

  it('puts apiVersion and kind in front, as kubectl shows an object', () => {
    expect(completeItem(Buffer.from('{"metadata":{}}'), 'v1', 'Pod').json.toString()).toBe(
      '{"apiVersion":"v1","kind":"Pod","metadata":{}}',
    );
    expect(completeItem(Buffer.from('{}'), 'v1', 'Pod').json.toString()).toBe(
      '{"apiVersion":"v1","kind":"Pod"}',
    );
  });
});

describe('what selection asks of an object', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('"name":"other"', ',"managedFields":[', '"metadata":{', 'velero.io/exclude-from-backup'),
  );
  const map = fc.dictionary(fc.constantFrom('labels', 'name', 'metadata', 'app'), text);
  const meta = fc.record(
    {
      name: fc.oneof(fc.constantFrom('web', 'db-0', 'system:büro "x"'), fc.string({ minLength: 1 })),
      namespace: fc.constantFrom('shop', 'shop-2'),
      creationTimestamp: fc.constant('2026-11-22T09:00:00Z'),
      deletionTimestamp: fc.constantFrom('2026-11-22T10:00:00Z', null),
      labels: fc.oneof(map, fc.constant(null)),
      annotations: map,
      ownerReferences: fc.constant([{ name: 'other', namespace: 'other' }]),
      managedFields: fc.constant([{ manager: 'kubectl', labels: { app: 'no' } }]),
    },
    { requiredKeys: ['name'] },
  );
  const order = fc.shuffledSubarray(
    ['creationTimestamp', 'name', 'managedFields', 'labels', 'deletionTimestamp', 'namespace', 'annotations'],
    { minLength: 7 },
  );
  const nested = fc.record({ metadata: meta, name: text, labels: map }, { requiredKeys: [] });

  it('is what JSON.parse finds, whatever is in the objects of a page and in whatever order', () => {
    const object = fc
      .tuple(meta, order, nested, fc.option(nested), fc.boolean())
      .map(([own, keys, spec, before, complete]) => {
        const ordered = Object.fromEntries(
          keys.filter((key) => key in own).map((key) => [key, own[key as keyof typeof own]]),
        );
        const first = complete ? { apiVersion: 'v1', kind: 'Pod' } : {};
        return { ...first, ...(before ? { data: before } : {}), metadata: ordered, spec, list: [spec] };
      });
    fc.assert(
      fc.property(fc.array(object, { minLength: 1, maxLength: 5 }), (objects) => {
        const page = Buffer.from(JSON.stringify({ metadata: {}, items: objects }));
        const items = [...new ListedItems(page, splitList(page).items, 'v1', 'Pod')];

        const keys = ['app', 'name', 'labels', 'metadata', 'none'];
        expect(
          items.map((item) => ({
            name: item.name,
            namespace: item.namespace,
            beingDeleted: item.beingDeleted,
            labels: keys.map((key) => item.label(key)),
          })),
        ).toEqual(
          (JSON.parse(page.toString()).items as typeof objects).map(({ metadata }) => {
            const own = metadata as Record<string, unknown>;
            const labels = (own.labels ?? {}) as Record<string, unknown>;
            return {
              name: own.name,
              namespace: own.namespace,
              beingDeleted: typeof own.deletionTimestamp === 'string',
              labels: keys.map((key) => labels[key]),
            };
          }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('finds a label whose key a server writes with escapes', () => {
    const json = Buffer.from('{"metadata":{"name":"a","labels":{"velero.io\\/exclude-from-backup":"true"}}}');
    expect(completeItem(json, 'v1', 'Pod').label('velero.io/exclude-from-backup')).toBe('true');
  });

  it('is no name where there is none', () => {
    for (const metadata of ['{}', '{"name":1}', '{"name":null}', '"x"', 'null', '{"name":"\\q"}'])
      expect(completeItem(Buffer.from(`{"metadata":${metadata}}`), 'v1', 'Pod').name).toBeUndefined();
    expect(completeItem(Buffer.from('{"spec":{"name":"x"}}'), 'v1', 'Pod').name).toBeUndefined();
  });
});
