import { describe, expect, it } from '@jest/globals';
import { readOnce } from '../../../../../shared/formats/vault/proof/read-once';
import { MemoryBucket } from '../../../../harness/memory-bucket';

describe('a vault of which some objects are read once', () => {
  const made = async (large = 0) => {
    const store = new MemoryBucket().store('vault/');
    await store.put('known', Buffer.concat([Buffer.from('first'), Buffer.alloc(large)]));
    await store.put('other', Buffer.from('first'));
    const gets: string[] = [];
    const get = store.get.bind(store);
    store.get = (key, options) => {
      gets.push(key);
      return get(key, options);
    };
    return { store, gets, vault: readOnce(store, ['known', 'absent']) };
  };

  it('asks once for what two readers want at the same time, and for what they want later', async () => {
    const { store, gets, vault } = await made();
    await Promise.all([vault.get('known'), vault.get('known')]);
    await store.put('known', Buffer.from('second'));
    expect((await vault.get('known')).body.toString()).toBe('first');
    expect(gets).toEqual(['known']);
  });

  it('keeps that an object is absent', async () => {
    const { store, gets, vault } = await made();
    await expect(vault.get('absent')).rejects.toMatchObject({ kind: 'not-found' });
    await store.put('absent', Buffer.from('put since'));
    await expect(vault.get('absent')).rejects.toMatchObject({ kind: 'not-found' });
    expect(gets).toEqual(['absent']);
  });

  it('asks again for an object of more than 1 MiB, for other objects, for a part and under another limit', async () => {
    const large = await made(1 << 20);
    await large.vault.get('known');
    await large.vault.get('known');
    expect(large.gets).toHaveLength(2);

    const { gets, vault } = await made();
    for (let times = 0; times < 2; times += 1) await vault.get('other');
    await vault.get('known', { maxBytes: 10 });
    expect((await vault.get('known', { range: [0, 1] })).body.toString()).toBe('f');
    await expect(vault.get('known', { maxBytes: 1 })).rejects.toMatchObject({ kind: 'corrupt' });
    expect(gets).toHaveLength(5);
  });

  it('asks again after a read that failed', async () => {
    const { store, gets, vault } = await made();
    const { get } = store;
    store.get = async () => Promise.reject(new Error('away'));
    await expect(vault.get('known')).rejects.toThrow('away');
    store.get = get;
    await vault.get('known');
    expect(gets).toEqual(['known']);
  });
});
