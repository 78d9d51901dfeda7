import { describe, expect, it } from '@jest/globals';
import { LifeboatError } from '../../../../shared/platform/errors';
import { placeMark } from '../../../../shared/formats/state/backup-marks';
import { findNotice, pendingNotices } from '../../../../shared/formats/state/notices';
import { requestDeletion } from '../../../../shared/operations/deletion/delete-backup';
import { tellVanished } from '../../../../shared/operations/notifications/tell-vanished';
import { expireBackups } from '../../../../shared/operations/retention/expire-backups';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { systemClock } from '../../../../shared/platform/system';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { type BackupTraits, commitOne, scheduleOf } from './committed-backup';

const oneHour = 3_600_000;
const oneDay = 24 * oneHour;
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A vault of backups of `nightly`, which keeps everything unless it is told otherwise. */
async function rig(names: readonly string[], traits: BackupTraits = {}) {
  const vaultBucket = new MemoryBucket();
  const stateBucket = new MemoryBucket();
  const requests: string[] = [];
  /** Starts of the requests that are refused. */
  const refused = new Set<string>();
  const before = (op: string) => {
    requests.push(op);
    if ([...refused].some((start) => op.startsWith(start)))
      throw new LifeboatError('denied', `${op} is refused`);
  };
  const vault = new MemoryStore(vaultBucket, '', { before: (op: string) => before(`vault ${op}`) });
  const state = new MemoryStore(stateBucket, '', { before: (op: string) => before(`state ${op}`) });
  for (const name of names) await commitOne({ vault, state }, name, traits);
  const context = { state, clock: systemClock, log };
  const job = (keepLast: number) => ({
    vaultName: 'main',
    vault,
    state,
    schedules: { items: [scheduleOf('nightly', { keepLast })], unreadable: [] },
    audit: async () => {},
    tellVanished: (vanished: Parameters<typeof tellVanished>[2]) => tellVanished(context, 'main', vanished),
    log,
  });
  return {
    vault,
    state,
    vaultBucket,
    stateBucket,
    requests,
    refused,
    later(ms: number) {
      const now = new Date(vaultBucket.now.getTime() + ms);
      vaultBucket.now = now;
      stateBucket.now = now;
    },
    pass: async (keepLast = 1_000) => expireBackups(job(keepLast)),
    async texts() {
      const pending = await pendingNotices(state);
      const notices = await Promise.all(pending.map(({ id }) => findNotice(state, id)));
      return notices.map((notice) => `${notice!.event}: ${notice!.text}`);
    },
    async empty() {
      await vault.delete([...vaultBucket.objects.keys()]);
    },
  };
}

describe('a pass over a vault from which backups vanished', () => {
  it('tells once of a backup whose manifest a hand deleted, and asks no more of OSS while nothing vanishes', async () => {
    const { pass, texts, vault, requests } = await rig(['n-1', 'n-2']);
    await pass();
    requests.length = 0;
    await pass();
    expect(requests.length).toBeLessThanOrEqual(9);
    expect(await texts()).toEqual([]);
    await vault.delete([backupKeys('n-1').manifest]);
    expect((await pass()).vanished).toEqual(['n-1']);
    expect((await pass()).vanished).toEqual([]);
    const [text, ...more] = await texts();
    expect(more).toEqual([]);
    expect(text).toMatch(/^vanished: 1 backup of this installation .*vault main.*: n-1\n/);
    expect(text).toContain('of 1 of them velero-backup.json is gone and other objects are there');
    expect(text).not.toContain('another place');
  });

  it('names ten and their number, in one notice, when a lifecycle rule deleted all', async () => {
    const { pass, texts, empty } = await rig(Array.from({ length: 13 }, (_, n) => `n-${n + 10}`));
    await pass();
    await empty();
    await pass();
    await pass();
    const [text, ...more] = await texts();
    expect(more).toEqual([]);
    expect(text).toContain('13 backups of this installation');
    expect(text).toContain(': n-10, n-11, n-12, n-13, n-14, n-15, n-16, n-17, n-18, n-19 and 3 more');
    expect(text).toContain('the vault seems to be empty, or another place');
  });

  it('does not tell of what a rule let go, through to the end of its content', async () => {
    const { pass, texts, later, vaultBucket } = await rig(['n-1', 'n-2']);
    await pass();
    later(2 * oneDay);
    await pass(1);
    for (let hour = 0; hour < 28; hour += 1) {
      later(oneHour);
      await pass(1);
    }
    expect([...vaultBucket.objects.keys()].filter((key) => key.startsWith('backups/n-1/'))).toEqual([]);
    expect(await texts()).toEqual([]);
  });

  it('does not tell of what a person decided to delete', async () => {
    const { pass, texts, vault, state } = await rig(['n-1', 'n-2']);
    await pass();
    const work = { vault, vaultName: 'main', state };
    await requestDeletion(work, 'n-1', { by: 'person', who: 'ada', at: '2026-11-22T00:00:00Z' });
    await vault.delete([backupKeys('n-1').manifest]);
    await pass();
    await pass();
    expect(await texts()).toEqual([]);
  });

  it('does not tell of a backup on demand whose TTL is over, unless it is held', async () => {
    const { pass, texts, vault, state, later } = await rig(['d-1', 'd-2'], { schedule: 'none', ttl: '24h' });
    await placeMark(state, 'holds', { vault: 'main', backup: 'd-2' }, {
      by: 'ada',
      reason: 'case 7',
    } as never);
    await pass();
    later(2 * oneDay);
    await vault.delete([backupKeys('d-1').manifest, backupKeys('d-2').manifest]);
    expect((await pass()).vanished).toEqual(['d-2']);
    expect(await texts()).toHaveLength(1);
  });

  it('does not tell of backups of others', async () => {
    const { pass, texts, vault, empty } = await rig([]);
    await vault.put(backupKeys('velero-1').manifest, Buffer.from('{}'));
    await pass();
    await empty();
    expect((await pass()).vanished).toEqual([]);
    expect(await texts()).toEqual([]);
  });

  it('learns the vault anew where what it knew is lost', async () => {
    const { pass, texts, vault, stateBucket } = await rig(['n-1', 'n-2', 'n-3']);
    await pass();
    stateBucket.objects.delete('hints/retention-main.json');
    await vault.delete([backupKeys('n-1').manifest]);
    await pass();
    expect(await texts()).toEqual([]);
    await vault.delete([backupKeys('n-2').manifest]);
    expect((await pass()).vanished).toEqual(['n-2']);
  });

  it('loses nothing by a vault that cannot be listed', async () => {
    const { pass, texts, refused, vault } = await rig(['n-1', 'n-2']);
    await pass();
    await vault.delete([backupKeys('n-1').manifest]);
    refused.add('vault list');
    await expect(pass()).rejects.toThrow('is refused');
    expect(await texts()).toEqual([]);
    refused.clear();
    expect((await pass()).vanished).toEqual(['n-1']);
    expect(await texts()).toHaveLength(1);
  });

  it('tells at the next pass what it could not tell', async () => {
    const { pass, texts, refused, vault } = await rig(['n-1', 'n-2']);
    await pass();
    await vault.delete([backupKeys('n-1').manifest]);
    refused.add('state put outbox/');
    await pass();
    expect(await texts()).toEqual([]);
    refused.clear();
    await pass();
    await pass();
    expect(await texts()).toHaveLength(1);
  });
});
