import { describe, expect, it } from '@jest/globals';
import {
  CONTENT_DELAY_MS,
  continueDeletions,
  deleteBackup,
} from '../../../../shared/vault/delete/delete-backup';
import { backupKeys, deletionKeys } from '../../../../shared/vault/layout';
import { type BucketKind, MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';

const NAME = 'shop-1';
const HOUR = 3_600_000;
const keys = backupKeys(NAME);
const content = [keys.archive, keys.results, keys.catalogue];

function vaultWithBackup(kind: BucketKind = 'plain') {
  const bucket = new MemoryBucket(kind);
  for (const key of [...content, keys.manifest]) bucket.write(key, Buffer.from(`bytes of ${key}`));
  bucket.write(backupKeys('other').manifest, Buffer.from('another backup'));
  const pass = (ms: number) => {
    bucket.now = new Date(bucket.now.getTime() + ms);
  };
  const left = () => [...bucket.objects.keys()].filter((key) => key !== backupKeys('other').manifest).sort();
  return { bucket, vault: new MemoryStore(bucket), pass, left };
}

async function sweep(vault: MemoryStore) {
  const errors: unknown[] = [];
  const swept = [];
  for await (const one of continueDeletions(vault, (_, error) => errors.push(error))) swept.push(one);
  expect(errors).toEqual([]);
  return swept;
}

describe('deleting a backup', () => {
  it('hides it at once and removes its content no sooner than 25 hours later by OSS’s clock', async () => {
    const { bucket, vault, pass, left } = vaultWithBackup();
    const contentAfter = new Date(bucket.now.getTime() + 25 * HOUR);
    expect(await deleteBackup(vault, NAME)).toEqual({ backup: NAME, state: 'hidden', contentAfter });
    expect(left()).toEqual([...content, ...Object.values(deletionKeys(NAME))].sort());

    pass(25 * HOUR - 1);
    expect(await sweep(vault)).toEqual([{ backup: NAME, state: 'hidden', contentAfter }]);
    expect(left()).toEqual(expect.arrayContaining(content));

    pass(1);
    expect(await sweep(vault)).toEqual([{ backup: NAME, state: 'deleted' }]);
    expect(left()).toEqual([]);
    expect(bucket.objects.has(backupKeys('other').manifest)).toBe(true);
    expect(await sweep(vault)).toEqual([]);
  });

  it('removes the content at once only when asked to, and keeps the marks against frozen attempts', async () => {
    const { vault, pass, left } = vaultWithBackup();
    expect(await deleteBackup(vault, NAME, { immediately: true })).toEqual({
      backup: NAME,
      state: 'deleted',
    });
    expect(left()).toEqual(Object.values(deletionKeys(NAME)).sort());
    pass(CONTENT_DELAY_MS);
    await sweep(vault);
    expect(left()).toEqual([]);
  });

  it('is finished by a later sweep wherever it was interrupted, never with content gone before the manifest', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let step = 1, interrupted = true; interrupted; step++) {
        const { bucket, vault, pass, left } = vaultWithBackup();
        let count = 0;
        let dead = false;
        const stop = (at: 'before' | 'after') => {
          if (at === 'before') count += 1;
          dead ||= at === moment && count === step;
          if (bucket.objects.has(keys.manifest)) expect(left()).toEqual(expect.arrayContaining(content));
          if (dead) throw new Error('killed');
        };
        const dying = new MemoryStore(bucket, '', {
          before: () => stop('before'),
          after: () => stop('after'),
        });
        await deleteBackup(dying, NAME)
          .then(() => pass(CONTENT_DELAY_MS))
          .then(() => deleteBackup(dying, NAME))
          .catch(() => {});
        interrupted = dead;
        // Whoever asked asks again when nothing shows that the request was taken.
        if (bucket.objects.has(keys.manifest)) await deleteBackup(vault, NAME);
        await sweep(vault);
        pass(CONTENT_DELAY_MS);
        await sweep(vault);
        pass(CONTENT_DELAY_MS);
        await sweep(vault);
        expect([step, left()]).toEqual([step, []]);
      }
    }
  });

  it('removes a manifest that a frozen attempt brought back before it touches the content', async () => {
    const { bucket, vault, pass, left } = vaultWithBackup();
    const bytes = bucket.objects.get(keys.manifest)!.body;
    await deleteBackup(vault, NAME);
    pass(23 * HOUR);
    bucket.write(keys.manifest, bytes);
    pass(2 * HOUR);
    expect(await sweep(vault)).toEqual([{ backup: NAME, state: 'deleted' }]);
    expect(left()).toEqual([]);
  });

  it('leaves alone another backup that a Velero wrote under the name since', async () => {
    const { bucket, vault, pass, left } = vaultWithBackup();
    await deleteBackup(vault, NAME);
    pass(24.5 * HOUR);
    bucket.write(keys.manifest, Buffer.from('of another backup'));
    bucket.write(keys.archive, Buffer.from('of another backup'));
    pass(HOUR);
    expect(await sweep(vault)).toEqual([{ backup: NAME, state: 'replaced' }]);
    expect(left()).toEqual([...content, keys.manifest].sort());
  });

  it('leaves alone what was written later than any attempt of the deleted backup can have written it', async () => {
    const { bucket, vault, pass, left } = vaultWithBackup();
    await deleteBackup(vault, NAME);
    pass(24.5 * HOUR);
    bucket.write(keys.logs, Buffer.from('a Velero has just begun'));
    pass(HOUR);
    expect(await sweep(vault)).toEqual([{ backup: NAME, state: 'replaced' }]);
    expect(left()).toEqual([keys.logs]);
  });

  it('reports what WORM keeps, loses nothing of it, and succeeds when its time is over', async () => {
    const { bucket, vault, pass, left } = vaultWithBackup('worm');
    bucket.retentionMs = 240 * HOUR;
    const first = await deleteBackup(vault, NAME);
    expect(first).toMatchObject({ state: 'immutable', reason: expect.stringContaining(keys.manifest) });
    expect(left()).toEqual([...content, keys.manifest, deletionKeys(NAME).requested].sort());
    pass(240 * HOUR);
    expect(await sweep(vault)).toMatchObject([{ state: 'hidden' }]);
    expect(left()).not.toContain(keys.manifest);
    pass(CONTENT_DELAY_MS);
    expect(await sweep(vault)).toMatchObject([{ state: 'deleted' }]);
    // The marks are under WORM themselves; a later sweep removes them.
    pass(240 * HOUR);
    await sweep(vault);
    expect(left()).toEqual([]);
  });

  it('names a backup that does not exist', async () => {
    const { vault, left } = vaultWithBackup();
    await expect(deleteBackup(vault, 'shop-2')).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('no backup shop-2'),
    });
    expect(left()).toHaveLength(4);
  });

  it('goes on with the others when one mark cannot be read', async () => {
    const { bucket, vault, pass } = vaultWithBackup();
    await deleteBackup(vault, NAME);
    bucket.write(backupKeys('broken').manifest, Buffer.from('x'));
    bucket.write(deletionKeys('broken').requested, Buffer.from('not JSON'));
    pass(CONTENT_DELAY_MS);
    const failed: unknown[] = [];
    const swept = [];
    for await (const one of continueDeletions(vault, (backup, error) => failed.push([backup, error])))
      swept.push(one);
    expect(swept).toEqual([{ backup: NAME, state: 'deleted' }]);
    expect(failed).toEqual([['broken', expect.objectContaining({ kind: 'corrupt' })]]);
    expect(bucket.objects.has(backupKeys('broken').manifest)).toBe(true);
  });

  it('is begun by no sweep: a mark left alone is removed and a new backup of the name is not touched', async () => {
    const { bucket, vault, pass, left } = vaultWithBackup();
    bucket.write(deletionKeys(NAME).hidden, Buffer.from('{}'));
    pass(CONTENT_DELAY_MS);
    await sweep(vault);
    expect(left()).toEqual([...content, keys.manifest].sort());

    bucket.write(deletionKeys(NAME).hidden, Buffer.from('{}'));
    pass(CONTENT_DELAY_MS);
    expect(await deleteBackup(vault, NAME)).toMatchObject({ state: 'hidden' });
    expect(left()).toEqual(expect.arrayContaining(content));
  });

  it('stops before the manifest of another backup that was written since it was requested', async () => {
    const { bucket, vault, left } = vaultWithBackup();
    const dying = new MemoryStore(bucket, '', {
      after: (request) => {
        if (request.startsWith('create')) throw new Error('killed');
      },
    });
    await expect(deleteBackup(dying, NAME)).rejects.toThrow('killed');
    bucket.write(keys.manifest, Buffer.from('of another backup'));
    expect(await sweep(vault)).toEqual([{ backup: NAME, state: 'replaced' }]);
    expect(left()).toEqual([...content, keys.manifest].sort());
  });
});
