import { describe, expect, it } from '@jest/globals';
import { LifeboatError } from '../../../shared/errors';
import type { Schedule } from '../../../shared/manifests/schedule';
import { expireBackups, planExpiry } from '../../../shared/retention/expire-backups';
import { placeMark, removeMark } from '../../../shared/state/backup-marks';
import { markOpen } from '../../../shared/state/run/open-runs';
import { createRequest } from '../../../shared/state/run/requests';
import { backupKeys, deletionKeys } from '../../../shared/vault/layout';
import { type BucketKind, MemoryBucket } from '../../harness/memory-bucket';
import { MemoryStore } from '../../harness/memory-store';
import { type BackupTraits, commitOne, installation, scheduleOf } from './committed-backup';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function rig(kind: BucketKind = 'plain') {
  const vaultBucket = new MemoryBucket(kind);
  const stateBucket = new MemoryBucket();
  const requests: string[] = [];
  const hooks = { before: (op: string) => void requests.push(op) };
  const vault = new MemoryStore(vaultBucket, '', hooks);
  const state = new MemoryStore(stateBucket, '', hooks);
  const schedules: Schedule[] = [];
  const warnings: string[] = [];
  const job = () => ({
    vaultName: 'main',
    vault,
    state,
    installation,
    schedules: { items: schedules, unreadable: [] as { name: string; reason: string }[] },
    log: { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} },
  });
  const pass = (ms: number) => {
    const now = new Date(vaultBucket.now.getTime() + ms);
    vaultBucket.now = now;
    stateBucket.now = now;
  };
  return {
    vaultBucket,
    stateBucket,
    vault,
    state,
    schedules,
    warnings,
    requests,
    job,
    pass,
    commit: (name: string, traits?: BackupTraits) => commitOne({ vault, state }, name, traits),
    /** One backup a day, `prefix-0` first. */
    async daily(count: number, prefix = 'n', traits: (n: number) => BackupTraits = () => ({})) {
      for (let n = 0; n < count; n += 1) {
        await commitOne({ vault, state }, `${prefix}-${n}`, traits(n));
        pass(DAY);
      }
    },
    expire: () => expireBackups(job()),
    visible: () =>
      [...vaultBucket.objects.keys()]
        .filter((key) => key.endsWith('velero-backup.json'))
        .map((key) => key.split('/')[1])
        .sort(),
    async reason(name: string) {
      return (await planExpiry(job())).find((verdict) => verdict.name === name)?.reason;
    },
  };
}

describe('a pass over a vault', () => {
  it('deletes what no rule keeps, and says what it did', async () => {
    const { schedules, daily, expire, visible } = rig();
    schedules.push(scheduleOf('nightly', { keepLast: 2, keepWeekly: 2 }));
    await daily(10);
    const { deletions, failed, verdicts } = await expire();
    expect(failed).toEqual([]);
    // The first was made on Sunday 22 November 2026.
    expect(visible()).toEqual(['n-7', 'n-8', 'n-9'].sort());
    expect(deletions).toHaveLength(7);
    expect(deletions.every(({ state }) => state === 'hidden')).toBe(true);
    expect(verdicts.find(({ name }) => name === 'n-7')?.reason).toBe('kept: weekly 2 of 2');
  });

  it('deletes and writes nothing when only planned', async () => {
    const { vaultBucket, stateBucket, daily, job, requests } = rig();
    await daily(3);
    const before = [[...vaultBucket.objects.keys()], [...stateBucket.objects.keys()]];
    requests.length = 0;
    expect((await planExpiry(job())).filter((verdict) => verdict.delete)).toHaveLength(2);
    expect([[...vaultBucket.objects.keys()], [...stateBucket.objects.keys()]]).toEqual(before);
    expect(requests.filter((op) => !/^(get|head|list) /.test(op))).toEqual([]);
  });

  it('reads nothing again that it has read, and deletes the content when nobody can be reading it', async () => {
    const { schedules, daily, expire, pass, requests, vaultBucket } = rig();
    schedules.push(scheduleOf('nightly', { keepLast: 30 }));
    await daily(30);
    requests.length = 0;
    await expire();
    const first = requests.length;
    requests.length = 0;
    await expire();
    expect(first).toBeGreaterThan(30 * 5);
    // Listings of the backups, deletions, holds, acceptances and open runs, and the hint.
    expect(requests.length).toBeLessThanOrEqual(8);
    schedules[0] = scheduleOf('nightly', { keepLast: 1 });
    await expire();
    pass(25 * HOUR);
    await expire();
    expect([...vaultBucket.objects.keys()].filter((key) => !key.startsWith('backups/n-29/'))).toEqual([]);
  });

  it('loses nothing by a hint that is lost, damaged or of another vault', async () => {
    const { schedules, daily, expire, stateBucket, visible } = rig();
    schedules.push(scheduleOf('nightly', { keepLast: 3 }));
    await daily(5);
    await expire();
    const hint = 'hints/retention-main.json';
    expect(stateBucket.objects.has(hint)).toBe(true);
    for (const body of ['{', 'null', '{"format":1,"backups":{"n-4":{"etags":"x"}},"later":{}}']) {
      stateBucket.write(hint, Buffer.from(body));
      await expire();
      expect(visible()).toEqual(['n-2', 'n-3', 'n-4']);
    }
  });

  it('tells ages by OSS’s time, whatever the clock of the machine said', async () => {
    const { commit, expire, pass, visible, reason } = rig();
    await commit('past', { schedule: 'none', ttl: '48h', machineTime: new Date('2001-01-01T00:00:00Z') });
    await commit('future', { schedule: 'none', ttl: '48h', machineTime: new Date('2027-01-01T00:00:00Z') });
    pass(47 * HOUR);
    await expire();
    expect(visible()).toEqual(['future', 'past']);
    expect(await reason('past')).toBe('kept: TTL until 2026-11-24T00:00:00Z');
    pass(HOUR);
    await expire();
    // What its manifest promises to everyone who reads it is kept too.
    expect(visible()).toEqual(['future']);
    expect(await reason('future')).toBe('kept: TTL until 2027-01-03T00:00:00Z');
  });
});

describe('what is put into a vault, or changed there', () => {
  it('does not pass for ours, counts for nothing and is never touched', async () => {
    const ours = rig();
    const { schedules, daily, vaultBucket, stateBucket, expire, pass, visible, reason } = ours;
    schedules.push(scheduleOf('nightly', { keepLast: 2 }));
    await daily(3);
    // Somebody who may write to the vault makes backups that look like ours, newer than all of ours.
    const theirs = new MemoryStore(new MemoryBucket());
    for (let n = 0; n < 5; n += 1) {
      await commitOne({ vault: ours.vault, state: theirs }, `junk-${n}`);
      pass(HOUR);
    }
    await commitOne({ vault: ours.vault, state: theirs }, 'other', { installation: '2'.repeat(32) });
    vaultBucket.write(
      backupKeys('velero').manifest,
      Buffer.from(
        JSON.stringify({ apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'velero' } }),
      ),
    );
    vaultBucket.write(backupKeys('broken').manifest, Buffer.from('{'));
    pass(400 * DAY);
    await expire();
    expect(visible()).toEqual([
      'broken',
      ...[0, 1, 2, 3, 4].map((n) => `junk-${n}`),
      'n-1',
      'n-2',
      'other',
      'velero',
    ]);
    expect(await reason('junk-0')).toBe('kept: the state of this installation does not know it');
    expect(await reason('other')).toBe('kept: the state of this installation does not know it');
    expect(await reason('velero')).toBe('kept: Velero wrote it');
    expect(await reason('broken')).toContain('is not valid JSON');
    expect([...stateBucket.objects.keys()].some((key) => key.includes('junk'))).toBe(false);
  });

  it('a manifest or catalogue of ours with other bytes takes its backup out of the count', async () => {
    const { schedules, daily, vaultBucket, expire, visible, reason } = rig();
    schedules.push(scheduleOf('nightly', { keepLast: 2 }));
    await daily(5);
    const { manifest } = backupKeys('n-4');
    const text = vaultBucket.objects.get(manifest)!.body.toString().replace('100', '999');
    vaultBucket.write(manifest, Buffer.from(text));
    vaultBucket.write(backupKeys('n-3').catalogue, Buffer.from('x'));
    await expire();
    expect(visible()).toEqual(['n-1', 'n-2', 'n-3', 'n-4']);
    expect(await reason('n-4')).toBe('kept: its manifest is not the one that was committed');
    expect(await reason('n-3')).toBe('kept: its catalogue is not the one that was committed');
  });

  it('an archive that is gone or not ours fills no slot', async () => {
    const { schedules, daily, vaultBucket, expire, visible } = rig();
    schedules.push(scheduleOf('nightly', { keepLast: 2 }));
    await daily(5);
    vaultBucket.objects.delete(backupKeys('n-3').archive);
    const archive = vaultBucket.objects.get(backupKeys('n-2').archive)!;
    vaultBucket.write(backupKeys('n-2').archive, Buffer.alloc(archive.body.length, 7));
    await expire();
    expect(visible()).toEqual(['n-1', 'n-4']);
  });

  it('a copy of a vault is not judged by what the first one was promised', async () => {
    const { commit, job, pass } = rig();
    await commit('x', { schedule: 'none', vaultName: 'elsewhere' });
    pass(100 * DAY);
    expect(await planExpiry(job())).toMatchObject([
      { delete: false, reason: 'kept: it is a copy: it was asked for in vault "elsewhere"' },
    ]);
  });

  it('a manifest that changes between judging and deleting stops the deletion', async () => {
    const { commit, expire, pass, vaultBucket, vault, visible } = rig();
    await commit('x', { schedule: 'none' });
    pass(2 * DAY);
    vault.hooks.before = (op) => {
      if (op === `head ${deletionKeys('x').requested}`)
        vaultBucket.write(backupKeys('x').manifest, Buffer.from('of another backup'));
    };
    const { failed } = await expire();
    expect(failed).toEqual([
      { name: 'x', reason: expect.stringContaining('has changed since it was judged') },
    ]);
    expect(visible()).toEqual(['x']);
  });
});

describe('a legal hold', () => {
  const note = { by: 'somebody', at: '2026-11-22T00:00:00Z', reason: 'case 7' };
  const place = { vault: 'main', backup: 'x' };

  it('keeps a backup until it is released', async () => {
    const { commit, state, expire, pass, visible, reason } = rig();
    await commit('x', { schedule: 'none' });
    await placeMark(state, 'holds', place, note);
    pass(100 * DAY);
    await expire();
    expect(await reason('x')).toBe('kept: under legal hold');
    await removeMark(state, 'holds', place);
    await expire();
    expect(visible()).toEqual([]);
  });

  it('that comes while a pass is at work stops it as long as nothing is deleted', async () => {
    for (const moment of ['head', 'create']) {
      const { commit, state, stateBucket, vaultBucket, vault, expire, pass, visible } = rig();
      await commit('x', { schedule: 'none' });
      pass(2 * DAY);
      vault.hooks.before = async (op) => {
        if (op === `${moment} ${deletionKeys('x').requested}`) await placeMark(state, 'holds', place, note);
      };
      const { deletions } = await expire();
      expect(deletions).toEqual([{ backup: 'x', state: 'kept', reason: 'under legal hold' }]);
      expect(visible()).toEqual(['x']);
      expect([...vaultBucket.objects.keys()].some((key) => key.startsWith('metadata/'))).toBe(false);
      expect(stateBucket.objects.has('holds/main/x.json')).toBe(true);
    }
  });
});

describe('an open restore', () => {
  const restore = {
    kind: 'RestoreRequest' as const,
    metadata: { name: 'r' },
    cluster: 'a',
    vault: 'main',
    spec: { backupName: 'x' },
  };

  it('keeps the backup that it names, also one that was asked for while a pass is at work', async () => {
    for (const during of [false, true]) {
      const { commit, state, vault, expire, pass, visible } = rig();
      await commit('x', { schedule: 'none' });
      await commit('y', { schedule: 'none' });
      pass(2 * DAY);
      const ask = async () => void (await createRequest(state, restore));
      if (during)
        vault.hooks.before = async (op) => {
          if (op === `create ${deletionKeys('x').requested}`) await ask();
        };
      else await ask();
      await expire();
      expect(visible()).toEqual(['x']);
    }
  });

  it('and the plan of one keep the backup that they name, and nothing else', async () => {
    const { commit, state, expire, pass, visible, reason } = rig();
    await commit('x', { schedule: 'none' });
    await commit('y', { schedule: 'none' });
    pass(2 * DAY);
    await createRequest(state, { ...restore, kind: 'PlanRequest', metadata: { name: 'p' } });
    await expire();
    expect(visible()).toEqual(['x']);
    expect(await reason('x')).toBe('kept: an open restore names it');
  });

  it('whose request cannot be read keeps everything', async () => {
    for (const body of [undefined, '{', '{"kind":"RestoreRequest"}']) {
      const { commit, state, stateBucket, expire, pass, visible, reason } = rig();
      await commit('x', { schedule: 'none' });
      pass(2 * DAY);
      await markOpen(state, { kind: 'restores', name: 'r' });
      if (body !== undefined) stateBucket.write('runs/restores/r/request.json', Buffer.from(body));
      await expire();
      expect(visible()).toEqual(['x']);
      expect(await reason('x')).toContain('restore r');
    }
  });
});

describe('what cannot be read', () => {
  it('is no ground for deleting: a backup that could not be looked at stops the pass, and the next one goes on', async () => {
    const { schedules, daily, vault, expire, visible } = rig();
    schedules.push(scheduleOf('nightly', { keepLast: 1 }));
    await daily(4);
    let broken = true;
    vault.hooks.before = (op) => {
      if (broken && op === `get ${backupKeys('n-2').manifest}`) throw new Error('no answer');
    };
    const { failed } = await expire();
    expect(failed).toEqual([{ name: 'n-2', reason: 'no answer' }]);
    expect(visible()).toEqual(['n-0', 'n-1', 'n-2', 'n-3']);
    broken = false;
    await expire();
    expect(visible()).toEqual(['n-3']);
  });

  it('keeps the next backup of the series alone, where one may not be read, until it may', async () => {
    const { schedules, daily, vault, expire, visible, reason } = rig();
    schedules.push(scheduleOf('nightly', { keepLast: 1 }));
    await daily(4);
    let archived = true;
    vault.hooks.before = (op) => {
      if (archived && op === `get ${backupKeys('n-1').manifest}`)
        throw new LifeboatError('denied', 'n-1 is in an archive class');
    };
    const { failed } = await expire();
    expect(failed).toEqual([]);
    expect(visible()).toEqual(['n-1', 'n-2', 'n-3']);
    expect(await reason('n-1')).toBe('kept: n-1 is in an archive class');
    expect(await reason('n-2')).toContain('backup n-1, which it is measured against, cannot be read');
    archived = false;
    await expire();
    expect(visible()).toEqual(['n-3']);
  });

  it('keeps a backup whose run is not finished, however old', async () => {
    const { commit, expire, pass, visible, reason } = rig();
    await commit('x', { schedule: 'none', unfinished: true });
    pass(100 * DAY);
    await expire();
    expect(visible()).toEqual(['x']);
    expect(await reason('x')).toBe('kept: its run is not finished');
  });
});

describe('a vault under WORM', () => {
  it('keeps what is locked, says so, and lets it go when the lock has ended', async () => {
    const { vaultBucket, commit, expire, pass, visible, warnings, requests } = rig('worm');
    vaultBucket.retentionMs = 10 * DAY;
    await commit('x', { schedule: 'none' });
    pass(2 * DAY);
    const { deletions } = await expire();
    expect(deletions).toMatchObject([
      { backup: 'x', state: 'immutable', reason: expect.stringContaining('FileImmutable') },
    ]);
    expect(warnings).toEqual([expect.stringContaining('Backup x is locked')]);
    requests.length = 0;
    pass(HOUR);
    expect((await expire()).deletions).toEqual([]);
    expect(requests.length).toBeLessThanOrEqual(8);
    let hours = 0;
    for (; visible().length > 0; hours += 1) {
      pass(HOUR);
      await expire();
    }
    expect(hours).toBeLessThanOrEqual((10 - 2) * 24 + 6);
    expect(hours).toBeGreaterThanOrEqual((10 - 2) * 24 - 2);
    for (let day = 0; day < 25; day += 1) {
      pass(DAY);
      await expire();
    }
    expect([...vaultBucket.objects.keys()]).toEqual([]);
  });

  it('is asked for its days once, and left alone until the lock has ended', async () => {
    const { vaultBucket, commit, job, pass, visible, reason, requests } = rig('worm');
    vaultBucket.retentionMs = 10 * DAY;
    for (const name of ['x', 'y']) await commit(name, { schedule: 'none' });
    let asked = 0;
    const wormDays = async () => {
      asked += 1;
      return 10;
    };
    const expire = () => expireBackups({ ...job(), wormDays });
    expect((await expire()).deletions).toEqual([]);
    expect(asked).toBe(0);
    pass(2 * DAY);
    const marked = vaultBucket.now;
    expect((await expire()).deletions.map(({ state }) => state)).toEqual(['immutable', 'immutable']);
    expect(await reason('x')).toMatch(/^expired: .*; WORM keeps it, tried again 2026-12-02T/);
    asked = 0;
    let hours = 0;
    for (; visible().length > 0; hours += 1) {
      requests.length = 0;
      pass(HOUR);
      await expire();
      if (visible().length === 2) expect(requests.length).toBeLessThanOrEqual(8);
    }
    expect(asked).toBe(0);
    expect(hours).toBeLessThanOrEqual((10 - 2) * 24 + 1);
    // The marks of the deletion are locked themselves, from when they were written.
    const left = () => [...vaultBucket.objects.keys()];
    for (let day = 0; day < 3; day += 1) {
      pass(DAY);
      await expire();
    }
    expect(left()).not.toEqual([]);
    expect(left().filter((key) => !key.startsWith('metadata/'))).toEqual([]);
    while (left().length > 0) {
      pass(HOUR);
      await expire();
    }
    // hidden.json is written when the manifest goes: after ten days at the earliest.
    expect(vaultBucket.now.getTime() - marked.getTime()).toBeLessThan((8 + 10) * DAY + 4 * HOUR);
  });

  it('that was extended since is asked again at what was its end', async () => {
    const { vaultBucket, commit, job, pass, visible } = rig('worm');
    vaultBucket.retentionMs = 10 * DAY;
    await commit('x', { schedule: 'none' });
    let days = 10;
    const expire = () => expireBackups({ ...job(), wormDays: async () => days });
    pass(2 * DAY);
    await expire();
    days = 20;
    vaultBucket.retentionMs = 20 * DAY;
    for (const [until, states] of [
      [7, []],
      [1, ['immutable']],
      [9, []],
      [1, ['hidden']],
    ] as const) {
      pass(until * DAY);
      expect((await expire()).deletions.map(({ state }) => state)).toEqual(states);
    }
    expect(visible()).toEqual([]);
  });

  it('gives a deletion up that a rule or a hold forbids meanwhile', async () => {
    const { vaultBucket, state, schedules, daily, expire, pass, visible } = rig('worm');
    vaultBucket.retentionMs = 10 * DAY;
    schedules.push(scheduleOf('nightly', { keepLast: 1 }));
    await daily(3);
    expect((await expire()).deletions.map((deletion) => deletion.state)).toEqual(['immutable', 'immutable']);
    schedules[0] = scheduleOf('nightly', { keepLast: 2 });
    await placeMark(
      state,
      'holds',
      { vault: 'main', backup: 'n-0' },
      { by: 'somebody', at: '2026-11-25T00:00:00Z' },
    );
    pass(30 * DAY);
    await expire();
    await expire();
    expect(visible()).toEqual(['n-0', 'n-1', 'n-2']);
    expect([...vaultBucket.objects.keys()].filter((key) => key.startsWith('metadata/'))).toEqual([]);
  });
});

describe('a pass that is killed', () => {
  it('at any request leaves nothing that the next passes do not finish, and never one that was to be kept', async () => {
    for (let step = 1, killed = true; killed; step += 3) {
      const made = rig();
      const { schedules, daily, vault, state, expire, pass, visible, vaultBucket } = made;
      schedules.push(scheduleOf('nightly', { keepLast: 2 }));
      await daily(4);
      let count = 0;
      killed = false;
      const dying = () => {
        count += 1;
        if (count < step) return;
        killed = true;
        throw new Error('killed');
      };
      vault.hooks.before = dying;
      state.hooks.before = dying;
      await expire().catch(() => {});
      vault.hooks.before = () => {};
      state.hooks.before = () => {};
      expect(visible()).toEqual(expect.arrayContaining(['n-2', 'n-3']));
      await expire();
      pass(26 * HOUR);
      await expire();
      expect([step, visible()]).toEqual([step, ['n-2', 'n-3']]);
      expect([...vaultBucket.objects.keys()].filter((key) => !/^backups\/n-[23]\//.test(key))).toEqual([]);
    }
  });
});
