import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '../../../../shared/platform/log/log';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { type CountedConnections, countConnections } from './counted-connections';
import { collect, impatient, type OssFixture, startFixture, storeOn } from './oss-fixture';
import { fromOss, startScripted } from './scripted-server';

describe('the connections of a store', () => {
  const body = Buffer.alloc(300_000, 'body');
  let oss: OssFixture;
  let door: CountedConnections;
  let store: ObjectStore;
  let retries = 0;

  beforeAll(async () => {
    oss = await startFixture();
    await oss.store.put('small', Buffer.from('123456789'));
    await oss.store.put('empty', Buffer.alloc(0));
    await oss.store.put('body', body);
  });
  afterAll(() => oss.close());
  beforeEach(async () => {
    door = await countConnections(oss.server.port);
    retries = 0;
    store = storeOn(door.endpoint);
  });
  afterEach(() => door.close());

  /** Leaves `count` connections at rest. */
  async function atRest(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => store.get('small')));
    expect(door.opened()).toBeGreaterThanOrEqual(count);
    retries = 0;
  }

  describe('are one for calls that follow each other:', () => {
    const calls: Record<string, () => Promise<unknown>> = {
      'whole objects': () => store.get('small'),
      'empty objects': () => store.get('empty'),
      'objects of many chunks': () => store.get('body'),
      ranges: () => store.get('body', { range: [1_000, 200_000] }),
      'objects read as streams': () => collect(store.read('body')),
      'objects that are not there': () => store.get('none').catch(() => {}),
      'heads, puts and lists': async () => {
        await store.head('small');
        await store.put('put', Buffer.from('x'));
        for await (const page of store.list('')) expect(page.objects.length).toBeGreaterThan(0);
      },
    };

    it.each(Object.keys(calls))('twenty times %s', async (what) => {
      for (let call = 0; call < 20; call += 1) await calls[what]!();

      expect(door.opened()).toBe(1);
    });
  });

  it('are closed where the reader left the rest of an object unread', async () => {
    for await (const chunk of store.read('body', { end: body.length })) {
      expect(chunk.length).toBeLessThan(body.length);
      break;
    }
    await store.get('small');

    expect(door.opened()).toBe(2);
  });

  it('are not waited for when an answer has brought all its bytes and does not end', async () => {
    const server = await startScripted((_, response) => {
      response.writeHead(206, { ...fromOss, etag: '"1"', 'content-range': 'bytes 0-8/9' });
      response.write('123456789');
    });
    const started = performance.now();

    const read = await storeOn(server.endpoint, { timeouts: { idle: 20_000 } }).get('x', { range: [0, 9] });

    expect(read.body.toString()).toBe('123456789');
    expect(performance.now() - started).toBeLessThan(5_000);
    await server.close();
  });

  describe.each(['reset', 'silence'] as const)(
    'that died at rest, so that the next bytes meet %s,',
    (next) => {
      beforeEach(() => {
        const warn = () => {
          retries += 1;
        };
        const timeouts = next === 'silence' ? { idle: 500, complete: 500 } : {};
        store = storeOn(door.endpoint, { log: { ...silentLog, warn }, timeouts });
      });
      const upload = async () => {
        const begun = await store.startUpload('upload');
        door.forget(next);
        const part = await begun.part(1, Buffer.from('123456789'));
        door.forget(next);
        await begun.complete([part], { size: 9, crc64: '11051210869376104954' });
      };
      const calls: Record<string, () => Promise<unknown>> = {
        get: () => store.get('body'),
        read: () => collect(store.read('body')),
        head: () => store.head('small'),
        put: () => store.put('put', Buffer.from('x')),
        list: () => collect(keysOf(store)),
        'create-only put': async () =>
          expect(await store.create(`created-${next}`, Buffer.from('x'))).toMatchObject({ created: true }),
        delete: () => store.delete(['put']),
        'multipart upload': upload,
      };

      it.each(Object.keys(calls))('cost a %s one try, however many they are', async (what) => {
        await atRest(2 * impatient.attempts);
        door.forget(next);

        await calls[what]!();

        expect(retries).toBeLessThanOrEqual(1);
      });

      it('are all given up with the first', async () => {
        await atRest(2 * impatient.attempts);
        door.forget(next);
        await store.get('small');
        const opened = door.opened();

        for (let call = 0; call < 5; call += 1) await store.get('small');

        // One more: the retry closes its own.
        expect(door.opened()).toBe(opened + 1);
      });
    },
  );
});

async function* keysOf(store: ObjectStore): AsyncGenerator<Buffer> {
  for await (const page of store.list('')) for (const { key } of page.objects) yield Buffer.from(key);
}
