import { describe, expect, it } from '@jest/globals';
import { encryptingStore } from '../../../../shared/platform/oss/encrypting-store';
import type { ObjectStore, PutOptions } from '../../../../shared/platform/oss/port';
import { MemoryStore } from '../../../harness/memory-store';

describe('a store that has OSS encrypt', () => {
  it('asks for it in the folders that are named, whichever way they are reached, and nowhere else', async () => {
    const puts: [string, string | undefined][] = [];
    const seen = (store: ObjectStore): ObjectStore =>
      new Proxy(store, {
        get(target, property: keyof ObjectStore) {
          if (property === 'at') return (prefix: string) => seen(target.at(prefix));
          if (property !== 'put' && property !== 'create') return target[property];
          return async (key: string, body: Buffer, options?: PutOptions) => {
            puts.push([`${target.prefix}${key}`, options?.sseKmsKey]);
            return target[property](key, body, options);
          };
        },
      });
    const store = encryptingStore(seen(new MemoryStore()), 'key-1', ['clusters/', 'keys/']);
    const body = Buffer.from('x');
    await store.put('clusters/a.json', body);
    await store.create('keys/signing.json', body, { contentType: 'application/json' });
    await store.put('runs/backups/x', body);
    await store.at('clusters/').put('b.json', body);
    await store.at('runs/').put('clusters/c.json', body);
    expect(puts).toEqual([
      ['clusters/a.json', 'key-1'],
      ['keys/signing.json', 'key-1'],
      ['runs/backups/x', undefined],
      ['clusters/b.json', 'key-1'],
      ['runs/clusters/c.json', undefined],
    ]);
  });
});
