import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type PlanIndex,
  PlanLines,
  readPlanLines,
  readPlanPage,
} from '../../../../../shared/operations/restore/plan/plan-lines';
import type { PlannedObject } from '../../../../../shared/operations/restore/plan/planned-object';
import { textLines } from '../../../../../shared/operations/restore/document/text-lines';
import { MemoryStore } from '../../../../harness/memory-store';

const place = { groupResource: 'configmaps', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop' };
const objectsOf = (count: number, reason = 'why not'): PlannedObject[] =>
  Array.from({ length: count }, (_, i) => ({ ...place, name: `c-${i}`, action: 'create', reason }));

async function written(objects: readonly PlannedObject[]) {
  const store = new MemoryStore();
  const lines = new PlanLines();
  for (const one of objects) lines.add(one);
  const { bytes, index } = lines.finish();
  await store.put('objects', bytes);
  return { store, index };
}

async function allPages(store: MemoryStore, index: PlanIndex, limit: number, maxBytes = 1e9) {
  const pages: PlannedObject[][] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const page = await readPlanPage(store, 'objects', index, { from, limit, maxBytes });
    pages.push(page.objects);
    from = page.next;
  }
  return pages;
}

async function read(store: MemoryStore, sha256: string): Promise<PlannedObject[]> {
  const found: PlannedObject[] = [];
  for await (const one of readPlanLines(store, 'objects', { sha256, what: 'the plan' })) found.push(one);
  return found;
}

describe('the objects of a plan', () => {
  it.each([0, 1, 499, 500, 501, 1203])('are read as they were written: %i of them', async (count) => {
    const objects = objectsOf(count);
    const { store, index } = await written(objects);
    expect(index).toMatchObject({ count, bytes: (await store.head('objects'))!.size });
    expect(await read(store, index.sha256)).toEqual(objects);
    const pages = await allPages(store, index, 200);
    expect(pages.flat()).toEqual(objects);
    expect(pages.map(({ length }) => length)).toEqual(
      count === 0 ? [0] : [...Array<number>(Math.ceil(count / 200) - 1).fill(200), ((count - 1) % 200) + 1],
    );
  });

  it('come by pages of any size, wherever one begins', async () => {
    const objects = objectsOf(1203);
    const { store, index } = await written(objects);
    await fc.assert(
      fc.asyncProperty(fc.nat(1300), fc.integer({ min: 1, max: 700 }), async (from, limit) => {
        const page = await readPlanPage(store, 'objects', index, { from, limit, maxBytes: 1e9 });
        expect(page.objects).toEqual(objects.slice(from, from + limit));
        expect(page.next).toBe(from + limit < objects.length ? from + limit : undefined);
      }),
      { numRuns: 30 },
    );
  });

  it('fill a page no further than it may be long, and one that is longer has its own', async () => {
    const objects = [...objectsOf(3), ...objectsOf(1, '漢'.repeat(900)), ...objectsOf(4)];
    const { store, index } = await written(objects);
    const pages = await allPages(store, index, 100, 1_000);
    expect(pages.flat()).toEqual(objects);
    expect(pages.map(({ length }) => length)).toEqual([3, 1, 4]);
  });

  it('are refused when they are not those that were named', async () => {
    const { store, index } = await written(objectsOf(600));
    await store.put('objects', (await (await written(objectsOf(601))).store.get('objects')).body);
    await expect(read(store, index.sha256)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('the plan is not the one'),
    });
  });

  it('have one hash, however they are compressed', async () => {
    const one = new PlanLines();
    const other = new PlanLines();
    for (const each of objectsOf(3)) one.add(each);
    for (const each of objectsOf(3)) other.add(JSON.parse(JSON.stringify(each)) as PlannedObject);
    expect(one.finish().index.sha256).toBe(other.finish().index.sha256);
  });
});

describe('textLines', () => {
  it('cuts at line feeds alone, however the text comes', async () => {
    const lines = fc.array(fc.string({ unit: 'binary' }).map((text) => JSON.stringify(`${text}\u2028ä`)));
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 9 }), async (wanted, size) => {
        const text = Buffer.from(wanted.map((line) => `${line}\n`).join(''));
        const pieces = async function* () {
          for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
        };
        const found: string[] = [];
        for await (const line of textLines(pieces(), { what: 'text', maxBytes: 1_000_000 })) found.push(line);
        expect(found.map((line) => JSON.parse(line) as string)).toEqual(
          wanted.map((line) => JSON.parse(Buffer.from(line).toString()) as string),
        );
      }),
      { numRuns: 50 },
    );
  });
});
