import { describe, expect, it } from '@jest/globals';
import { placeMark, removeMark } from '../../../../shared/formats/state/backup-marks';
import { findDeletion, takeBackDeletion } from '../../../../shared/formats/state/deletions';
import { contentDelayMs, requestDeletion } from '../../../../shared/operations/deletion/delete-backup';
import { backupKeys, deletionKeys } from '../../../../shared/formats/vault/layout';
import { type BucketKind, MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { decision, deleteBackup, sweep as sweepAll } from './decided-deletion';

const backupName = 'shop-1';
const oneHour = 3_600_000;
const keys = backupKeys(backupName);
const content = [keys.archive, keys.results, keys.catalogue];

function vaultWithBackup(kind: BucketKind = 'plain') {
  const bucket = new MemoryBucket(kind);
  for (const key of [...content, keys.manifest]) bucket.write(key, Buffer.from(`bytes of ${key}`));
  bucket.write(backupKeys('other').manifest, Buffer.from('another backup'));
  const stateBucket = new MemoryBucket();
  const pass = (ms: number) => {
    bucket.now = new Date(bucket.now.getTime() + ms);
    stateBucket.now = bucket.now;
  };
  const left = () => [...bucket.objects.keys()].filter((key) => key !== backupKeys('other').manifest).sort();
  const vault = new MemoryStore(bucket);
  const state = new MemoryStore(stateBucket);
  return {
    bucket,
    stateBucket,
    vault,
    state,
    work: { vault, state, vaultName: 'main' },
    pass,
    left,
    decided: () => [...stateBucket.objects.keys()].filter((key) => key.startsWith('deletions/')),
  };
}

const place = { vault: 'main', backup: backupName };
const note = { by: 'anna', at: '2026-11-22T00:00:00Z' };

async function sweep(work: Parameters<typeof sweepAll>[0]) {
  const { swept, failed } = await sweepAll(work);
  expect(failed).toEqual([]);
  return swept;
}

describe('deleting a backup', () => {
  it('hides it at once and removes its content no sooner than 25 hours later by OSS’s clock', async () => {
    const { bucket, work, pass, left } = vaultWithBackup();
    const contentAfter = new Date(bucket.now.getTime() + 25 * oneHour);
    expect(await deleteBackup(work, backupName)).toEqual({
      backup: backupName,
      state: 'hidden',
      contentAfter,
    });
    expect(left()).toEqual([...content].sort());

    pass(25 * oneHour - 1);
    expect(await sweep(work)).toEqual([{ backup: backupName, state: 'hidden', contentAfter }]);
    expect(left()).toEqual(expect.arrayContaining(content));

    pass(1);
    expect(await sweep(work)).toEqual([{ backup: backupName, state: 'deleted' }]);
    expect(left()).toEqual([]);
    expect(bucket.objects.has(backupKeys('other').manifest)).toBe(true);
    expect(await sweep(work)).toEqual([]);
  });

  it('removes the content at once only when asked to, and keeps the decision against frozen attempts', async () => {
    const { work, state, pass, left, decided } = vaultWithBackup();
    expect(await deleteBackup(work, backupName, { immediately: true })).toEqual({
      backup: backupName,
      state: 'deleted',
    });
    expect(left()).toEqual([]);
    expect(await findDeletion(state, place)).toMatchObject({ who: 'anna' });
    pass(contentDelayMs);
    await sweep(work);
    expect(decided()).toEqual([]);
  });

  it('is finished by a later sweep wherever it was interrupted, never with content gone before the manifest', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let step = 1, interrupted = true; interrupted; step++) {
        const { bucket, work, pass, left } = vaultWithBackup();
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
        await deleteBackup({ ...work, vault: dying }, backupName)
          .then(() => pass(contentDelayMs))
          .then(() => deleteBackup({ ...work, vault: dying }, backupName))
          .catch(() => {});
        interrupted = dead;
        // Whoever asked asks again when nothing shows that the request was taken.
        if (bucket.objects.has(keys.manifest)) await deleteBackup(work, backupName);
        await sweep(work);
        pass(contentDelayMs);
        await sweep(work);
        pass(contentDelayMs);
        await sweep(work);
        expect([step, left()]).toEqual([step, []]);
      }
    }
  });

  it('removes a manifest that a frozen attempt brought back before it touches the content', async () => {
    const { bucket, work, pass, left } = vaultWithBackup();
    const bytes = bucket.objects.get(keys.manifest)!.body;
    await deleteBackup(work, backupName);
    pass(23 * oneHour);
    bucket.write(keys.manifest, bytes);
    pass(2 * oneHour);
    expect(await sweep(work)).toEqual([{ backup: backupName, state: 'deleted' }]);
    expect(left()).toEqual([]);
  });

  it('leaves alone another backup that a Velero wrote under the name since', async () => {
    const { bucket, work, pass, left } = vaultWithBackup();
    await deleteBackup(work, backupName);
    pass(24.5 * oneHour);
    bucket.write(keys.manifest, Buffer.from('of another backup'));
    bucket.write(keys.archive, Buffer.from('of another backup'));
    pass(oneHour);
    expect(await sweep(work)).toEqual([{ backup: backupName, state: 'replaced' }]);
    expect(left()).toEqual([...content, keys.manifest].sort());
  });

  it('leaves alone what was written later than any attempt of the deleted backup can have written it', async () => {
    const { bucket, work, pass, left } = vaultWithBackup();
    await deleteBackup(work, backupName);
    pass(24.5 * oneHour);
    bucket.write(keys.logs, Buffer.from('a Velero has just begun'));
    pass(oneHour);
    expect(await sweep(work)).toEqual([{ backup: backupName, state: 'replaced' }]);
    expect(left()).toEqual([keys.logs]);
  });

  it('reports what WORM keeps, loses nothing of it, and succeeds when its time is over', async () => {
    const { bucket, work, pass, left } = vaultWithBackup('worm');
    bucket.retentionMs = 240 * oneHour;
    const first = await deleteBackup(work, backupName);
    expect(first).toMatchObject({ state: 'immutable', reason: expect.stringContaining(keys.manifest) });
    expect(left()).toEqual([...content, keys.manifest].sort());
    pass(240 * oneHour);
    expect(await sweep(work)).toMatchObject([{ state: 'hidden' }]);
    expect(left()).not.toContain(keys.manifest);
    pass(contentDelayMs);
    expect(await sweep(work)).toMatchObject([{ state: 'deleted' }]);
    expect(left()).toEqual([]);
  });

  it('names a backup that does not exist', async () => {
    const { work, left } = vaultWithBackup();
    await expect(deleteBackup(work, 'shop-2')).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('no backup shop-2'),
    });
    expect(left()).toHaveLength(4);
  });

  it('goes on with the others when one decision cannot be read', async () => {
    const { bucket, stateBucket, work, pass } = vaultWithBackup();
    await deleteBackup(work, backupName);
    bucket.write(backupKeys('broken').manifest, Buffer.from('x'));
    stateBucket.write('deletions/main/broken/requested.json', Buffer.from('not JSON'));
    pass(contentDelayMs);
    const { swept, failed } = await sweepAll(work);
    expect(swept).toEqual([{ backup: backupName, state: 'deleted' }]);
    expect(failed).toEqual([['broken', expect.objectContaining({ kind: 'invalid' })]]);
    expect(bucket.objects.has(backupKeys('broken').manifest)).toBe(true);
  });

  it('is begun by no sweep: what an earlier deletion left in the state is removed, and a new backup is not touched', async () => {
    const { stateBucket, work, pass, left, decided } = vaultWithBackup();
    const leftover = () => stateBucket.write('deletions/main/shop-1/hidden.json', Buffer.from('{}'));
    leftover();
    pass(contentDelayMs);
    expect(await sweep(work)).toEqual([]);
    expect(left()).toEqual([...content, keys.manifest].sort());
    expect(decided()).toEqual([]);

    leftover();
    pass(contentDelayMs);
    expect(await deleteBackup(work, backupName)).toMatchObject({ state: 'hidden' });
    expect(left()).toEqual(expect.arrayContaining(content));
  });

  it('is not decided by marks in the vault, whatever they say', async () => {
    const { bucket, work, pass, left } = vaultWithBackup();
    const { requested, hidden } = deletionKeys(backupName);
    const mark = { kind: 'Deletion', backup: backupName, by: 'person', manifest: { size: 1 } };
    bucket.write(requested, Buffer.from(JSON.stringify(mark)));
    bucket.write(hidden, Buffer.from('{}'));
    pass(100 * oneHour);
    expect(await sweep(work)).toEqual([]);
    expect(left()).toEqual(expect.arrayContaining([...content, keys.manifest]));
  });

  it('stops before the manifest of another backup that was written since it was requested', async () => {
    const { bucket, work, left } = vaultWithBackup();
    await requestDeletion(work, backupName, decision);
    bucket.write(keys.manifest, Buffer.from('of another backup'));
    expect(await sweep(work)).toEqual([{ backup: backupName, state: 'replaced' }]);
    expect(left()).toEqual([...content, keys.manifest].sort());
  });

  it('can be taken back until the manifest goes, and not afterwards', async () => {
    const { work, state, left, decided } = vaultWithBackup();
    await requestDeletion(work, backupName, decision);
    expect(await takeBackDeletion(state, place)).toBe('taken-back');
    expect(decided()).toEqual([]);
    expect(await sweep(work)).toEqual([]);
    expect(left()).toEqual([...content, keys.manifest].sort());
    expect(await takeBackDeletion(state, place)).toBe('none');

    await deleteBackup(work, backupName);
    expect(await takeBackDeletion(state, place)).toBe('begun');
    expect(await findDeletion(state, place)).toBeDefined();
  });

  it('that is taken back at any moment of a sweep is either carried out or without any effect', async () => {
    const seen = new Set<string>();
    for (let step = 1, more = true; more; step++) {
      const { work, state, stateBucket, bucket, pass, left } = vaultWithBackup();
      await requestDeletion(work, backupName, decision);
      let count = 0;
      more = false;
      const other = new MemoryStore(stateBucket);
      let outcome = '';
      const interrupt = async () => {
        count += 1;
        if (count !== step) return;
        more = true;
        outcome = await takeBackDeletion(other, place);
      };
      await sweep({
        ...work,
        state: new MemoryStore(stateBucket, '', { before: interrupt }),
        vault: new MemoryStore(bucket, '', { before: interrupt }),
      });
      if (!more) break;
      const there = bucket.objects.has(keys.manifest);
      expect([step, outcome, there]).toEqual([step, outcome, outcome === 'taken-back']);
      seen.add(outcome);
      pass(contentDelayMs);
      await sweep(work);
      expect([step, left().length]).toEqual([step, there ? 4 : 0]);
      expect(await findDeletion(state, place)).toBeUndefined();
    }
    expect([...seen].sort()).toEqual(['begun', 'taken-back']);
  });

  it('can be taken back while WORM keeps the backup', async () => {
    const { bucket, work, state, pass, left } = vaultWithBackup('worm');
    bucket.retentionMs = 240 * oneHour;
    expect(await deleteBackup(work, backupName)).toMatchObject({ state: 'immutable' });
    expect(await takeBackDeletion(state, place)).toBe('taken-back');
    pass(240 * oneHour);
    expect(await sweep(work)).toEqual([]);
    expect(left()).toEqual([...content, keys.manifest].sort());
  });

  it('stops at a legal hold before the manifest goes, and before the content goes', async () => {
    const { work, state, pass, left } = vaultWithBackup();
    await requestDeletion(work, backupName, decision);
    await placeMark(state, 'holds', place, note);
    expect(await sweep(work)).toEqual([{ backup: backupName, state: 'kept', reason: 'under legal hold' }]);
    expect(left()).toEqual([...content, keys.manifest].sort());

    await removeMark(state, 'holds', place);
    await deleteBackup(work, backupName);
    await placeMark(state, 'holds', place, note);
    pass(100 * oneHour);
    const held = [{ backup: backupName, state: 'held', reason: 'under legal hold' }];
    expect(await sweep(work)).toEqual(held);
    expect(await deleteBackup(work, backupName, { immediately: true })).toEqual(held[0]);
    expect(left()).toEqual([...content].sort());

    await removeMark(state, 'holds', place);
    expect(await sweep(work)).toEqual([{ backup: backupName, state: 'deleted' }]);
    expect(left()).toEqual([]);
  });

  it('stops at a legal hold that comes while its content is listed', async () => {
    const { bucket, work, state, pass, left } = vaultWithBackup();
    await deleteBackup(work, backupName);
    pass(contentDelayMs);
    const vault = new MemoryStore(bucket, '', {
      before: async (op) => {
        if (op === `list ${keys.directory}`) await placeMark(state, 'holds', place, note);
      },
    });
    expect(await sweep({ ...work, vault })).toMatchObject([{ state: 'held' }]);
    expect(left()).toEqual([...content].sort());
  });
});

describe('a decision to delete that a newer release wrote', () => {
  it('has nothing deleted, and is reported', async () => {
    const { work, state, stateBucket, left } = vaultWithBackup();
    await requestDeletion(work, backupName, decision);
    const key = `deletions/main/${backupName}/requested.json`;
    const { body } = await state.get(key);
    stateBucket.write(key, Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), format: 2 })));
    const before = left();
    const { swept, failed } = await sweepAll(work);
    expect(swept).toEqual([]);
    expect(failed.map(String)).toEqual([expect.stringContaining('newer release of Lifeboat')]);
    expect(left()).toEqual(before);
    expect(await findDeletion(state, place).catch((error: Error) => error.message)).toContain('format 2');
  });
});
