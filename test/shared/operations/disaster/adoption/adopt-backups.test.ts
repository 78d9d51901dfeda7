import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { adoptBackups } from '../../../../../shared/operations/disaster/adoption/adopt-backups';
import { silentLog } from '../../../../../shared/platform/log/log';
import { expireBackups, planExpiry } from '../../../../../shared/operations/retention/expire-backups';
import { surveyBackups } from '../../../../../shared/operations/replication/vault-backups';
import { createRequest } from '../../../../../shared/formats/state/run/requests';
import { proveOrigin } from '../../../../../shared/operations/origin/prove-origin';
import { copiedTo } from '../../../../../shared/formats/state/copies';
import { findRun } from '../../../../../shared/formats/state/run/runs';
import { readManifestBytes } from '../../../../../shared/formats/vault/backup-manifest';
import { backupKeys } from '../../../../../shared/formats/vault/layout';
import { MemoryBucket } from '../../../../harness/memory-bucket';
import {
  type BackupTraits,
  commitOne,
  installation as old,
  scheduleOf,
} from '../../retention/committed-backup';

const day = 86_400_000;
const start = Date.parse('2026-10-01T02:00:00Z');

let vaults: MemoryBucket;
let lost: MemoryBucket;
let ours: MemoryBucket;
const schedules = [scheduleOf('nightly', { keepDaily: 3, keepWeekly: 2 })];

beforeEach(async () => {
  vaults = new MemoryBucket();
  lost = new MemoryBucket();
  ours = new MemoryBucket();
  for (let n = 0; n < 12; n += 1) await make(`nightly-${stamp(n)}`, n);
  await make('nightly-20261013020000', 12, { phase: 'PartiallyFailed' });
  await make('by-hand', 3, { schedule: 'none' });
  await make('of-others', 4, { installation: '9'.repeat(32) });
});

function stamp(n: number): string {
  return new Date(start + n * day).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** Made on the n-th day, by OSS's time and the machine's. */
async function make(name: string, n: number, traits: BackupTraits = {}): Promise<void> {
  const now = new Date(start + n * day);
  for (const bucket of [vaults, lost]) bucket.now = now;
  await commitOne({ vault: vaults.store(), state: lost.store() }, name, { machineTime: now, ...traits });
}

const adopt = (more: object = {}) =>
  adoptBackups({
    from: old,
    vault: vaults.store(),
    vaultName: 'main',
    vaultNames: new Set(['main', 'second']),
    state: ours.store(),
    schedules,
    ...more,
  });

/** What retention would do with each backup, forty days on. */
async function verdictsOf(state: MemoryBucket) {
  vaults.now = new Date(start + 40 * day);
  state.now = vaults.now;
  const verdicts = await planExpiry({
    vaultName: 'main',
    vault: vaults.store(),
    state: state.store(),
    schedules: { items: schedules, unreadable: [] },
    log: silentLog,
  });
  return new Map(
    verdicts.map(({ name, delete: going, reason }) => [name, `${going ? 'delete' : 'keep'} ${reason}`]),
  );
}

describe('backups of another installation', () => {
  it('stay untouchable to a new installation until they are adopted', async () => {
    const verdicts = await verdictsOf(ours);
    expect([...new Set(verdicts.values())]).toEqual([
      'keep kept: the state of this installation does not know it',
    ]);
  });

  it('are judged once adopted as the installation judged them that made them, backup by backup', async () => {
    const before = await verdictsOf(lost);
    expect([...before.values()].filter((verdict) => verdict.startsWith('delete')).length).toBeGreaterThan(5);
    const done = await adopt();
    expect(done.refused).toEqual([]);
    expect(done.adopted).toHaveLength(14);
    expect(done.adopted).not.toContain('of-others');
    const after = await verdictsOf(ours);
    before.delete('of-others');
    after.delete('of-others');
    expect(after).toEqual(before);
  });

  it('are judged also where retention and replication had looked at them before they were adopted', async () => {
    const job = {
      vaultName: 'main',
      vault: vaults.store(),
      state: ours.store(),
      installation: 'f'.repeat(32),
      schedules: { items: schedules, unreadable: [] },
      audit: async () => {},
      tellVanished: async () => {},
      log: silentLog,
    };
    vaults.now = new Date(start + 40 * day);
    ours.now = vaults.now;
    await expireBackups(job);
    await surveyBackups(job);
    await adopt({ dryRun: true });
    expect((await planExpiry(job)).filter((verdict) => verdict.delete)).toEqual([]);
    await adopt();
    expect((await planExpiry(job)).filter((verdict) => verdict.delete).length).toBeGreaterThan(5);
    const { backups } = await surveyBackups(job);
    expect(backups.find(({ name }) => name === 'by-hand')?.origin).toMatchObject({ proof: 'committed' });
  });

  it('are not adopted in the place of a run of ours that has their name', async () => {
    const request = {
      kind: 'BackupRequest' as const,
      metadata: { name: 'by-hand' },
      cluster: 'b',
      vault: 'second',
      spec: { includedNamespaces: ['bank'] },
    };
    await createRequest(ours.store(), request);
    const before = ours.keys();
    const { refused, adopted } = await adopt();
    expect(refused).toEqual([
      { name: 'by-hand', reason: expect.stringContaining('a backup of this installation has its name') },
    ]);
    expect(adopted).toHaveLength(13);
    expect(ours.keys().filter((key) => key.includes('/by-hand/'))).toEqual(
      before.filter((key) => key.includes('/by-hand/')),
    );
  });

  it('are adopted in the end when it was killed anywhere, also under rules that were changed since', async () => {
    for (let dies = 1; dies < 5; dies += 1) {
      ours = new MemoryBucket();
      let writes = 0;
      ours.before = (op) => {
        if (op === 'create' && ++writes === dies) throw new Error('killed');
      };
      await expect(adopt()).rejects.toThrow('killed');
      ours.before = () => {};
      expect(await adopt({ schedules: [] })).toMatchObject({ refused: [] });
      expect((await adopt()).known).toHaveLength(14);
    }
  });

  it('are adopted once, and for good: a second time changes nothing, nor does the vault', async () => {
    const vault = vaults.keys();
    await adopt();
    const state = ours.keys();
    const again = await adopt();
    expect(again).toMatchObject({ adopted: [], refused: [] });
    expect(again.known).toHaveLength(14);
    expect(ours.keys()).toEqual(state);
    expect(vaults.keys()).toEqual(vault);
    expect([...ours.history.values()].every((versions) => versions.size === 1)).toBe(true);
  });

  it('are the copies of the first where a second vault holds them too, whichever is looked at first', async () => {
    const second = new MemoryBucket();
    for (const key of vaults.keys()) second.write(key, vaults.objects.get(key)!.body);
    const copies = () => adopt({ vault: second.store(), vaultName: 'second' });
    expect((await copies()).adopted).toHaveLength(14);
    expect(await copies()).toMatchObject({ adopted: [] });
    expect((await adopt()).known).toHaveLength(14);
    const first = await verdictsOf(ours);
    expect((await copiedTo(ours.store(), 'second')).size).toBe(14);
    expect(first.get(`nightly-${stamp(11)}`)).toBe((await verdictsOf(lost)).get(`nightly-${stamp(11)}`));
  });

  it('write nothing when it is only asked what would be adopted', async () => {
    expect((await adopt({ dryRun: true })).adopted).toHaveLength(14);
    expect(ours.keys()).toEqual([]);
  });

  it('count as committed for rules of replication, and show as runs that ended', async () => {
    await adopt();
    const name = `nightly-${stamp(2)}`;
    const sources = { vaultName: 'main', vault: vaults.store(), state: ours.store() };
    const { origin } = await proveOrigin(sources, name, await readManifestBytes(vaults.store(), name));
    expect(origin).toEqual({
      proof: 'committed',
      cluster: 'a',
      clusterUid: 'uid-a',
      adoptedFrom: '1'.repeat(32),
    });
    expect(await findRun(ours.store(), { kind: 'backups', name })).toMatchObject({
      phase: 'Completed',
      request: { schedule: { name: 'nightly', slot: '2026-10-03T02:00:00Z' } },
    });
  });

  it('are not adopted when they are not what was written, nor without the signature that is asked for', async () => {
    const broken = `nightly-${stamp(1)}`;
    const key = backupKeys(broken).manifest;
    const text = vaults.objects.get(key)!.body.toString();
    vaults.write(key, Buffer.from(text.replace('"ttl": "24h0m0s"', '"ttl": "24h0m1s"')));
    const { refused } = await adopt();
    expect(refused).toEqual([{ name: broken, reason: expect.stringContaining('is not what was written') }]);
    const trustedKey = Buffer.alloc(32, 1).toString('base64');
    const { adopted } = await adopt({ state: new MemoryBucket().store(), trustedKey });
    expect(adopted).toEqual([]);
  });

  it('are as old as their manifest says where the vault is a copy of a later day', async () => {
    const copy = new MemoryBucket();
    copy.now = new Date(start + 30 * day);
    for (const key of vaults.keys()) copy.write(key, vaults.objects.get(key)!.body);
    const before = await verdictsOf(lost);
    vaults = copy;
    await adopt();
    const after = await verdictsOf(ours);
    for (const verdicts of [before, after]) verdicts.delete('of-others');
    expect(after).toEqual(before);
  });
});

describe('a catalogue that somebody made too large', () => {
  it.each<[string, Buffer]>([
    ['packed', Buffer.alloc(17 << 20)],
    ['unpacked', gzipSync(Buffer.alloc(64 << 20, ' '))],
  ])('%s is refused with a reason, and every other backup is adopted', async (_, bytes) => {
    vaults.write(backupKeys('by-hand').catalogue, bytes);
    const { adopted, refused } = await adopt();
    expect(refused).toEqual([
      { name: 'by-hand', reason: expect.stringContaining('by-hand-lifeboat.json.gz') },
    ]);
    expect(adopted).toHaveLength(13);
  });
});
