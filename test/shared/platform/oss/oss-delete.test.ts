import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { isKind } from '../../../../shared/platform/errors';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { failure, type OssFixture, startFixture } from './oss-fixture';

describe('deleting objects', () => {
  let oss: OssFixture;
  beforeAll(async () => {
    oss = await startFixture();
  });
  afterAll(() => oss.close());
  afterEach(() => oss.server.faults.clear());

  it('takes more keys than OSS takes at once', async () => {
    const absent = Array.from({ length: 1500 }, (_, n) => `many/${n}`);
    const present = ['many/0', 'many/999', 'many/1000', 'many/1499'];
    await fill(oss.store, [...present, 'many/kept']);
    const before = oss.server.requests.DeleteMultipleObjects ?? 0;

    await oss.store.delete(absent);

    expect(await keys(oss.store, 'many/')).toEqual(['many/kept']);
    expect(oss.server.requests.DeleteMultipleObjects! - before).toBe(2);
  });

  it('does not believe an answer that claims it was done: ali-oss does not report what was not', async () => {
    const doomed = ['claimed/1', 'claimed/2', 'claimed/3', 'claimed/4', 'claimed/5', 'alone/1'];
    await fill(oss.store, doomed);
    oss.server.faults.add({
      operation: 'DeleteMultipleObjects',
      fault: { kind: 'status', status: 200, code: 'Pretended' },
    });

    await oss.store.delete(doomed);

    expect(await keys(oss.store, 'claimed/')).toEqual([]);
    expect(await keys(oss.store, 'alone/')).toEqual([]);
  });

  it('proves that keys of many folders are gone by one listing, where little else lies there', async () => {
    const folders = Array.from({ length: 40 }, (_, n) => `spread/run-${n}`);
    const doomed = folders.flatMap((folder) => [`${folder}/lease-1.json`, `${folder}/log.txt`]);
    const kept = folders.map((folder) => `${folder}/request.json`);
    await fill(oss.store, [...doomed, ...kept]);
    const before = total(oss);

    await oss.store.delete(doomed);

    expect(total(oss) - before).toBe(2);
    expect(await keys(oss.store, 'spread/')).toEqual([...kept].sort());
  });

  it('finds by that listing what was not deleted', async () => {
    const doomed = ['pretended/a/1', 'pretended/a/2', 'pretended/b/1', 'pretended/c/9'];
    await fill(oss.store, [...doomed, 'pretended/b/kept']);
    oss.server.faults.add({
      operation: 'DeleteMultipleObjects',
      fault: { kind: 'status', status: 200, code: 'Pretended' },
    });

    await oss.store.delete(doomed);

    expect(await keys(oss.store, 'pretended/')).toEqual(['pretended/b/kept']);
  });

  it('lists no more between two keys than looking at each would cost', async () => {
    const between = Array.from({ length: 1_050 }, (_, n) => oss.store.put(`wide/m/${n}`, Buffer.from('m')));
    await Promise.all(between);
    await fill(oss.store, ['wide/a', 'wide/z']);
    const before = total(oss);

    await oss.store.delete(['wide/a', 'wide/z']);

    // Together, a page, and a look at the one that lies behind it.
    expect(total(oss) - before).toBe(3);
  });

  it('takes keys beyond ASCII together: ali-oss counts characters where HTTP wants bytes', async () => {
    const doomed = ['unicode/备份-1', 'unicode/备份-2', 'unicode/ü & <ö>'];
    await fill(oss.store, doomed);
    const before = oss.server.requests.DeleteObject ?? 0;

    await oss.store.delete(doomed);

    expect(await keys(oss.store, 'unicode/')).toEqual([]);
    expect((oss.server.requests.DeleteObject ?? 0) - before).toBe(0);
  });

  it('takes keys that XML cannot carry', async () => {
    const doomed = ['control/\u0001', 'control/\u0002', 'control/\n'];
    await fill(oss.store, doomed);

    await oss.store.delete(doomed);

    expect(await keys(oss.store, 'control/')).toEqual([]);
  });

  it.each([1, 2, 10])('under WORM is denied, naming a key, for %d of them', async (count) => {
    const store = oss.open({ bucket: 'worm', prefix: `count-${count}` });
    const kept = Array.from({ length: count }, (_, n) => `kept-${n}`);
    await fill(store, kept);

    const error = await failure(store.delete(['absent', ...kept]));

    expect(isKind(error, 'denied')).toBe(true);
    expect(String(error)).toMatch(new RegExp(`oss://worm/count-${count}/kept-\\d`));
    expect(await keys(store, '')).toEqual(kept);
  });

  it('hides what it deletes from a bucket that keeps versions', async () => {
    const store = oss.open({ bucket: 'versioned' });
    await fill(store, ['a/1', 'a/2', 'a/3', 'a/4', 'a/5']);

    await store.delete(['a/1', 'a/2', 'a/3', 'a/4']);

    expect(await keys(store, 'a/')).toEqual(['a/5']);
  });
});

function total({ server }: OssFixture): number {
  return Object.values(server.requests).reduce((sum, each) => sum + each, 0);
}

async function fill(store: ObjectStore, names: string[]): Promise<void> {
  for (const name of names) await store.put(name, Buffer.from(name));
}

async function keys(store: ObjectStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const page of store.list(prefix)) found.push(...page.objects.map(({ key }) => key));
  return found;
}
