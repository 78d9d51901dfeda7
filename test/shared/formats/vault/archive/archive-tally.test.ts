import { describe, expect, it } from '@jest/globals';
import { ArchiveTally } from '../../../../../shared/formats/vault/archive/archive-tally';

const listed = { 'example.com/v1/Gadget': ['shop/a', 'shop/b'], 'example.com/v2/Gadget': ['shop/a'] };

function gadget(name: string, version = 'v1') {
  const object = { apiVersion: `example.com/${version}`, kind: 'Gadget', metadata: { name } };
  const body = Buffer.from(JSON.stringify(object));
  return { groupResource: 'gadgets.example.com', namespace: 'shop', name, body };
}

describe('ArchiveTally', () => {
  it('counts an object once and misses each version of it that is listed', () => {
    const tally = new ArchiveTally(listed);
    tally.add(gadget('a'));
    tally.add(gadget('b'));
    expect(tally).toMatchObject({ items: 2, counts: { 'gadgets.example.com': 2 }, missing: 1 });
    tally.addVersion(gadget('a', 'v2'));
    expect(tally).toMatchObject({ items: 2, counts: { 'gadgets.example.com': 2 }, missing: 0 });
    expect(tally.unlisted).toBeUndefined();
  });

  it('finds a version that nothing lists', () => {
    const tally = new ArchiveTally(listed);
    for (const version of ['v1', 'v2']) tally.addVersion(gadget('a', version));
    expect(tally.unlisted).toBeUndefined();
    tally.addVersion(gadget('a', 'v3'));
    expect(tally.unlisted).toBe('gadgets.example.com shop/a');
  });

  it('takes an older version for the listed one, as Velero stores some definitions', () => {
    const tally = new ArchiveTally(listed);
    tally.add(gadget('b', 'v1beta1'));
    expect(tally).toMatchObject({ unlisted: undefined, missing: 2 });
  });
});
