import { describe, expect, it } from '@jest/globals';
import { LifeboatError } from '../../../../shared/platform/errors';
import type { Schedule } from '../../../../shared/formats/manifests/schedule';
import { expireBackups, planExpiry } from '../../../../shared/operations/retention/expire-backups';
import { placeMark, removeMark } from '../../../../shared/formats/state/backup-marks';
import { placeDeletion } from '../../../../shared/formats/state/deletions';
import { markOpen } from '../../../../shared/formats/state/run/open-runs';
import { createRequest } from '../../../../shared/formats/state/run/requests';
import { backupKeys, deletionKeys } from '../../../../shared/formats/vault/layout';
import { type BucketKind, MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { type BackupTraits, commitOne, installation, scheduleOf } from './committed-backup';

const oneHour = 3_600_000;
const decision = 'deletions/main/x/requested.json';
const oneDay = 24 * oneHour;

function rig(kind: BucketKind = 'plain') {
  const vaultBucket = new MemoryBucket(kind);
  const stateBucket = new MemoryBucket();
  const requests: string[] = [];
  const hooks = { before: (op: string) => void requests.push(op) };
  const vault = new MemoryStore(vaultBucket, '', hooks);
  const state = new MemoryStore(stateBucket, '', hooks);
  const schedules: Schedule[] = [];
  const warnings: string[] = [];
  const audited: string[] = [];
  const job = () => ({
    vaultName: 'main',
    vault,
    state,
    installation,
    schedules: { items: schedules, unreadable: [] as { name: string; reason: string }[] },
    audit: async (backup: string) => void audited.push(backup),
    tellVanished: async () => {},
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
    audited,
    requests,
    job,
    pass,
    commit: (name: string, traits?: BackupTraits) => commitOne({ vault, state }, name, traits),
    /** One backup a day, `prefix-0` first. */
    async daily(count: number, prefix = 'n', traits: (n: number) => BackupTraits = () => ({})) {
      for (let n = 0; n < count; n += 1) {
        await commitOne({ vault, state }, `${prefix}-${n}`, traits(n));
        pass(oneDay);
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
    expect(first).toBeGreaterThan(30 * 2);
    // Listings of the backups, old marks, deletions, holds, acceptances and open runs, and the hint.
    expect(requests.length).toBeLessThanOrEqual(9);
    schedules[0] = scheduleOf('nightly', { keepLast: 1 });
    await expire();
    pass(25 * oneHour);
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
    pass(47 * oneHour);
    await expire();
    expect(visible()).toEqual(['future', 'past']);
    expect(await reason('past')).toBe('kept: TTL until 2026-11-24T00:00:00Z');
    pass(oneHour);
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
      pass(oneHour);
    }
    await commitOne({ vault: ours.vault, state: theirs }, 'other', { installation: '2'.repeat(32) });
    vaultBucket.write(
      backupKeys('velero').manifest,
      Buffer.from(
        JSON.stringify({ apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'velero' } }),
      ),
    );
    vaultBucket.write(backupKeys('broken').manifest, Buffer.from('{'));
    pass(400 * oneDay);
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
    expect(await reason('broken')).toBe('kept: Velero wrote it');
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
    pass(100 * oneDay);
    expect(await planExpiry(job())).toMatchObject([
      { delete: false, reason: 'kept: it is a copy: it was asked for in vault "elsewhere"' },
    ]);
  });

  it('a manifest that changes between judging and deleting stops the deletion', async () => {
    const { commit, expire, pass, vaultBucket, state, visible } = rig();
    await commit('x', { schedule: 'none' });
    pass(2 * oneDay);
    state.hooks.before = (op) => {
      if (op === `get ${decision}`)
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
    pass(100 * oneDay);
    await expire();
    expect(await reason('x')).toBe('kept: under legal hold');
    await removeMark(state, 'holds', place);
    await expire();
    expect(visible()).toEqual([]);
  });

  it('that comes while a pass is at work stops it as long as nothing is deleted', async () => {
    for (const moment of ['get', 'create']) {
      const { commit, state, stateBucket, expire, pass, visible } = rig();
      await commit('x', { schedule: 'none' });
      pass(2 * oneDay);
      const other = new MemoryStore(stateBucket);
      state.hooks.before = async (op) => {
        if (op === `${moment} ${decision}`) await placeMark(other, 'holds', place, note);
      };
      const { deletions } = await expire();
      expect(deletions).toEqual([{ backup: 'x', state: 'kept', reason: 'under legal hold' }]);
      expect(visible()).toEqual(['x']);
      expect([...stateBucket.objects.keys()].filter((key) => key.startsWith('deletions/'))).toEqual([]);
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
      const { commit, state, stateBucket, expire, pass, visible } = rig();
      await commit('x', { schedule: 'none' });
      await commit('y', { schedule: 'none' });
      pass(2 * oneDay);
      const ask = async () => void (await createRequest(new MemoryStore(stateBucket), restore));
      if (during)
        state.hooks.before = async (op) => {
          if (op === `create ${decision}`) await ask();
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
    pass(2 * oneDay);
    await createRequest(state, { ...restore, kind: 'PlanRequest', metadata: { name: 'p' } });
    await expire();
    expect(visible()).toEqual(['x']);
    expect(await reason('x')).toBe('kept: an open restore names it');
  });

  it('whose request cannot be read keeps everything', async () => {
    for (const body of [undefined, '{', '{"kind":"RestoreRequest"}']) {
      const { commit, state, stateBucket, expire, pass, visible, reason } = rig();
      await commit('x', { schedule: 'none' });
      pass(2 * oneDay);
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
    pass(100 * oneDay);
    await expire();
    expect(visible()).toEqual(['x']);
    expect(await reason('x')).toBe('kept: its run is not finished');
  });
});

describe('a vault under WORM', () => {
  it('keeps what is locked, says so, and lets it go when the lock has ended', async () => {
    const { vaultBucket, commit, expire, pass, visible, warnings, requests } = rig('worm');
    vaultBucket.retentionMs = 10 * oneDay;
    await commit('x', { schedule: 'none' });
    pass(2 * oneDay);
    const { deletions } = await expire();
    expect(deletions).toMatchObject([
      { backup: 'x', state: 'immutable', reason: expect.stringContaining('FileImmutable') },
    ]);
    expect(warnings).toEqual([expect.stringContaining('Backup x is locked')]);
    requests.length = 0;
    pass(oneHour);
    expect((await expire()).deletions).toEqual([]);
    // One more for the decision that waits.
    expect(requests.length).toBeLessThanOrEqual(10);
    let hours = 0;
    for (; visible().length > 0; hours += 1) {
      pass(oneHour);
      await expire();
    }
    expect(hours).toBeLessThanOrEqual((10 - 2) * 24 + 6);
    expect(hours).toBeGreaterThanOrEqual((10 - 2) * 24 - 2);
    for (let day = 0; day < 25; day += 1) {
      pass(oneDay);
      await expire();
    }
    expect([...vaultBucket.objects.keys()]).toEqual([]);
  });

  it('is asked for its days once, and left alone until the lock has ended', async () => {
    const { vaultBucket, commit, job, pass, visible, reason, requests } = rig('worm');
    vaultBucket.retentionMs = 10 * oneDay;
    for (const name of ['x', 'y']) await commit(name, { schedule: 'none' });
    let asked = 0;
    const wormDays = async () => {
      asked += 1;
      return 10;
    };
    const expire = () => expireBackups({ ...job(), wormDays });
    expect((await expire()).deletions).toEqual([]);
    expect(asked).toBe(0);
    pass(2 * oneDay);
    const marked = vaultBucket.now;
    expect((await expire()).deletions.map(({ state }) => state)).toEqual(['immutable', 'immutable']);
    expect(await reason('x')).toMatch(/^expired: .*; WORM keeps it, tried again 2026-12-02T/);
    asked = 0;
    let hours = 0;
    for (; visible().length > 0; hours += 1) {
      requests.length = 0;
      pass(oneHour);
      await expire();
      if (visible().length === 2) expect(requests.length).toBeLessThanOrEqual(11);
    }
    expect(asked).toBe(0);
    expect(hours).toBeLessThanOrEqual((10 - 2) * 24 + 1);
    const left = () => [...vaultBucket.objects.keys()];
    while (left().length > 0) {
      pass(oneHour);
      await expire();
    }
    // Ten days after they were written, and 25 hours from then.
    expect(vaultBucket.now.getTime() - marked.getTime()).toBeLessThan(8 * oneDay + 29 * oneHour);
  });

  it('that was extended since is asked again at what was its end', async () => {
    const { vaultBucket, commit, job, pass, visible } = rig('worm');
    vaultBucket.retentionMs = 10 * oneDay;
    await commit('x', { schedule: 'none' });
    let days = 10;
    const expire = () => expireBackups({ ...job(), wormDays: async () => days });
    pass(2 * oneDay);
    await expire();
    days = 20;
    vaultBucket.retentionMs = 20 * oneDay;
    for (const [until, states] of [
      [7, []],
      [1, ['immutable']],
      [9, []],
      [1, ['hidden']],
    ] as const) {
      pass(until * oneDay);
      expect((await expire()).deletions.map(({ state }) => state)).toEqual(states);
    }
    expect(visible()).toEqual([]);
  });

  it('gives a deletion up that a rule or a hold forbids meanwhile', async () => {
    const { vaultBucket, stateBucket, state, schedules, daily, expire, pass, visible } = rig('worm');
    vaultBucket.retentionMs = 10 * oneDay;
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
    pass(30 * oneDay);
    await expire();
    await expire();
    expect(visible()).toEqual(['n-0', 'n-1', 'n-2']);
    expect([...stateBucket.objects.keys()].filter((key) => key.startsWith('deletions/'))).toEqual([]);
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
      pass(26 * oneHour);
      await expire();
      expect([step, visible()]).toEqual([step, ['n-2', 'n-3']]);
      expect([...vaultBucket.objects.keys()].filter((key) => !/^backups\/n-[23]\//.test(key))).toEqual([]);
    }
  });
});

describe('deletions and the marks of an earlier release', () => {
  const place = { vault: 'main', backup: 'x' };
  const mark = { kind: 'Deletion', backup: 'x', by: 'person', manifest: { size: 1 } };
  const marks = (bucket: MemoryBucket, name = 'x') => {
    bucket.write(deletionKeys(name).requested, Buffer.from(JSON.stringify(mark)));
    bucket.write(deletionKeys(name).hidden, Buffer.from('{}'));
  };

  it('puts each decision of a rule into the audit log once', async () => {
    const { commit, expire, pass, audited } = rig();
    await commit('x', { schedule: 'none' });
    pass(2 * oneDay);
    for (let n = 0; n < 3; n += 1) {
      await expire();
      pass(oneHour);
    }
    expect(audited).toEqual(['x']);
  });

  it('deletes nothing of a backup by marks that somebody adds to the vault', async () => {
    const { commit, expire, pass, visible, vaultBucket, audited } = rig();
    await commit('x', { schedule: 'none', ttl: '2000h' });
    const before = [...vaultBucket.objects.keys()];
    marks(vaultBucket);
    for (let hours = 0; hours < 60; hours += 10) {
      pass(10 * oneHour);
      await expire();
    }
    expect(visible()).toEqual(['x']);
    expect([...vaultBucket.objects.keys()]).toEqual(expect.arrayContaining(before));
    expect(audited).toEqual([]);
  });

  it('deletes nothing of another writer by marks, also where the manifest is gone', async () => {
    const { expire, pass, vaultBucket } = rig();
    vaultBucket.write(backupKeys('x').archive, Buffer.from('of a Velero that is writing it'));
    marks(vaultBucket);
    pass(100 * oneDay);
    await expire();
    pass(100 * oneDay);
    await expire();
    expect(vaultBucket.objects.has(backupKeys('x').archive)).toBe(true);
  });

  it('finishes what an earlier release of this installation hid: the content goes 25 hours after it is taken over', async () => {
    const { commit, expire, pass, vaultBucket, stateBucket, audited } = rig();
    await commit('x', { schedule: 'none' });
    vaultBucket.objects.delete(backupKeys('x').manifest);
    marks(vaultBucket);
    pass(100 * oneDay);
    await expire();
    expect(audited).toEqual(['x']);
    expect(vaultBucket.objects.has(backupKeys('x').archive)).toBe(true);
    pass(25 * oneHour - 1);
    await expire();
    expect(vaultBucket.objects.has(backupKeys('x').archive)).toBe(true);
    pass(1);
    await expire();
    expect([...vaultBucket.objects.keys()].filter((key) => key.startsWith('backups/'))).toEqual([]);
    await expire();
    expect([...vaultBucket.objects.keys()]).toEqual([]);
    expect([...stateBucket.objects.keys()].filter((key) => key.startsWith('deletions/'))).toEqual([]);
  });

  it('takes over nothing that is under legal hold: its content stays', async () => {
    const { commit, state, expire, pass, vaultBucket } = rig();
    await commit('x', { schedule: 'none' });
    await placeMark(state, 'holds', place, { by: 'anna', at: '2026-11-22T00:00:00Z' });
    vaultBucket.objects.delete(backupKeys('x').manifest);
    marks(vaultBucket);
    for (const days of [100, 2, 2]) {
      pass(days * oneDay);
      await expire();
    }
    expect(vaultBucket.objects.has(backupKeys('x').archive)).toBe(true);
  });

  it('shows what a person decided in the plan, and the next pass does as it says', async () => {
    const { commit, state, job, expire, pass, visible } = rig();
    await commit('x', { schedule: 'none', ttl: '2000h' });
    await commit('y', { schedule: 'none', ttl: '2000h' });
    for (const backup of ['x', 'y'])
      await placeDeletion(state, { vault: 'main', backup }, await decided(job().vault, backup));
    await placeMark(
      state,
      'holds',
      { vault: 'main', backup: 'y' },
      { by: 'anna', at: '2026-11-22T00:00:00Z' },
    );
    expect(await planExpiry(job())).toMatchObject([
      {
        name: 'x',
        delete: true,
        reason: 'asked: anna asked for its deletion 2026-11-22T01:00:00Z; the next hourly pass deletes it',
        deletion: { who: 'anna', at: '2026-11-22T01:00:00Z' },
      },
      { name: 'y', delete: false, reason: expect.stringMatching(/^kept: under legal hold; TTL until /) },
    ]);
    pass(oneHour);
    await expire();
    expect(visible()).toEqual(['y']);
  });
});

async function decided(vault: MemoryStore, backup: string) {
  const head = (await vault.head(backupKeys(backup).manifest))!;
  const manifest = { size: head.size, crc64: head.crc64 };
  return { by: 'person', who: 'anna', at: '2026-11-22T01:00:00Z', manifest } as const;
}
