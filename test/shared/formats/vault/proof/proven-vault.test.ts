import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { provenVault } from '../../../../../shared/formats/vault/proof/proven-vault';
import { MemoryBucket } from '../../../../harness/memory-bucket';

const bytes = Buffer.from('as it was proved');
const proof = createHash('sha256').update(bytes).digest('hex');

describe('a vault of which objects are proved', () => {
  const made = async () => {
    const store = new MemoryBucket().store('vault/');
    await store.put('known', bytes);
    await store.put('unknown', bytes);
    return { store, vault: provenVault(store, new Map([['known', proof]])) };
  };

  it('gives what was proved, and what nothing is known of', async () => {
    const { vault } = await made();
    for (const key of ['known', 'unknown']) expect((await vault.get(key)).body).toEqual(bytes);
    expect((await vault.head('known'))?.size).toBe(bytes.length);
  });

  it('gives no other bytes in its place, and does not take its absence for nothing', async () => {
    const { store, vault } = await made();
    await store.put('known', Buffer.from('another'));
    await expect(vault.get('known')).rejects.toMatchObject({ kind: 'corrupt' });
    await store.delete(['known', 'unknown']);
    await expect(vault.get('known')).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(vault.get('unknown')).rejects.toMatchObject({ kind: 'not-found' });
  });
});
