import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metadataReader } from '../../../shared/backup/item-metadata';
import { resourceNamed } from './served';

const pods = metadataReader(resourceNamed('pods'));

function object(metadata: object, rest: object = {}, first: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', ...first, metadata, ...rest }));
}

describe('the metadata of an object', () => {
  it('is what JSON.parse finds, whatever is in the object', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom(',"annotations":{', ',"managedFields":[', '"metadata":{'),
    );
    const map = fc.dictionary(fc.constantFrom('annotations', 'managedFields', 'metadata', 'app'), text);
    const meta = fc.record(
      {
        name: fc.constantFrom('web', 'db-0'),
        namespace: fc.constant('shop'),
        creationTimestamp: fc.constant('2026-11-22T09:00:00Z'),
        deletionTimestamp: fc.constant('2026-11-22T10:00:00Z'),
        labels: map,
        annotations: map,
        ownerReferences: fc.constant([{ name: 'other' }]),
        managedFields: fc.constant([{ manager: 'kubectl' }]),
      },
      { requiredKeys: ['name'] },
    );
    const nested = fc.record({ metadata: meta }, { requiredKeys: [] });
    fc.assert(
      fc.property(meta, nested, fc.option(nested), fc.boolean(), (own, spec, before, alphabetical) => {
        const ordered = alphabetical
          ? Object.fromEntries(Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)))
          : own;
        const body = object(ordered, { spec, template: [spec] }, before ? { data: before } : {});
        const { name, namespace, labels, deletionTimestamp } = pods(body);
        expect({ name, namespace, labels, deletionTimestamp }).toEqual({
          name: own.name,
          namespace: own.namespace,
          labels: own.labels && { ...own.labels },
          deletionTimestamp: own.deletionTimestamp,
        });
      }),
    );
  });

  it('has its deletion and the label that leaves it out, in whatever order a server writes the fields', () => {
    const own = {
      name: 'web',
      annotations: { a: 'b' },
      managedFields: [],
      labels: { 'velero.io/exclude-from-backup': 'true' },
      deletionTimestamp: '2026-11-22T10:00:00Z',
      namespace: 'shop',
    };
    expect(pods(object(own))).toMatchObject(own);
    const { labels, ...deleted } = own;
    expect(pods(object(deleted))).toMatchObject({
      namespace: 'shop',
      deletionTimestamp: own.deletionTimestamp,
    });
    const { deletionTimestamp, ...labelled } = own;
    expect(pods(object(labelled))).toMatchObject({ namespace: 'shop', labels });
  });

  it('is refused of what is no object or has no name', () => {
    expect(() => pods(Buffer.from('{"metadata":{}}'))).toThrow(SyntaxError);
    expect(() => pods(Buffer.from('{'))).toThrow(SyntaxError);
  });
});
