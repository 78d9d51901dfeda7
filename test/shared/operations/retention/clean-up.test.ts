import { describe, expect, it } from '@jest/globals';
import { cleanRuns } from '../../../../shared/operations/retention/clean-runs';
import { cleanUploads } from '../../../../shared/operations/retention/clean-uploads';
import { markOpen } from '../../../../shared/formats/state/run/open-runs';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { noteUpload } from '../../../../shared/formats/vault/commit/started-upload';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { commitOne } from './committed-backup';

const oneHour = 3_600_000;
const oneDay = 24 * oneHour;
const log = { debug() {}, info() {}, warn() {}, error() {} };

function rig() {
  const vaultBucket = new MemoryBucket();
  const stateBucket = new MemoryBucket();
  const vault = new MemoryStore(vaultBucket);
  const state = new MemoryStore(stateBucket);
  const pass = (ms: number) => {
    vaultBucket.now = new Date(vaultBucket.now.getTime() + ms);
    stateBucket.now = vaultBucket.now;
  };
  const here = new Set<string>();
  return {
    vaultBucket,
    stateBucket,
    vault,
    state,
    pass,
    here,
    clean: () => cleanRuns({ state, mayExist: (name) => here.has(name), log }),
    keysOf: (run: string) =>
      [...stateBucket.objects.keys()]
        .filter((key) => key.startsWith(`runs/${run}/`))
        .map((key) => key.slice(`runs/${run}/`.length))
        .sort(),
    async leftovers(run: string) {
      for (const key of ['lease-1.json', 'lease-2.json', 'start-1.json', 'progress.json'])
        await state.put(`runs/${run}/${key}`, Buffer.from('{}'));
    },
  };
}

const records = ['commit.json', 'request.json', 'result.json'];

describe('cleaning runs', () => {
  it('takes the leftovers of a finished run when nobody can hold its lease any more', async () => {
    const { vault, state, pass, here, clean, keysOf, leftovers } = rig();
    await commitOne({ vault, state }, 'x');
    await leftovers('backups/x');
    here.add('x');
    pass(25 * oneHour - 1_000);
    expect(await clean()).toEqual({ stripped: [], removed: [] });
    expect(keysOf('backups/x')).toContain('lease-2.json');
    pass(oneDay);
    expect(await clean()).toEqual({ stripped: ['backups/x'], removed: [] });
    expect(keysOf('backups/x')).toEqual(records);
  });

  it('keeps what proves whose a backup is for as long as any vault may hold it', async () => {
    const { vault, state, pass, here, clean, keysOf } = rig();
    await commitOne({ vault, state }, 'x', { schedule: 'none' });
    here.add('x');
    pass(400 * oneDay);
    await clean();
    expect(keysOf('backups/x')).toEqual(records);
    here.delete('x');
    pass(oneDay);
    expect(await clean()).toEqual({ stripped: [], removed: ['backups/x'] });
    expect(keysOf('backups/x')).toEqual([]);
  });

  it('never touches a run without an outcome, or one that is open', async () => {
    const { vault, state, pass, clean, keysOf, leftovers } = rig();
    await commitOne({ vault, state }, 'unfinished', { unfinished: true });
    await commitOne({ vault, state }, 'reopened');
    for (const name of ['unfinished', 'reopened']) await leftovers(`backups/${name}`);
    await markOpen(state, { kind: 'backups', name: 'reopened' });
    pass(400 * oneDay);
    expect(await clean()).toEqual({ stripped: [], removed: [] });
    expect(keysOf('backups/unfinished')).toContain('lease-2.json');
    expect(keysOf('backups/reopened')).toContain('lease-2.json');
  });

  it('keeps the newest run of each schedule, by which the next tick knows what was asked for', async () => {
    const { vault, state, pass, clean, keysOf } = rig();
    for (const name of ['yearly-20260101000000', 'yearly-20250101000000', 'by-hand'])
      await commitOne({ vault, state }, name);
    pass(400 * oneDay);
    expect((await clean()).removed).toEqual(['backups/by-hand', 'backups/yearly-20250101000000']);
    expect(keysOf('backups/yearly-20260101000000')).toEqual(records);
  });

  it('removes a finished restore after 35 days, and looks once a day', async () => {
    const { state, pass, clean, keysOf } = rig();
    for (const key of ['request.json', 'result.json', 'lease-1.json'])
      await state.put(`runs/restores/r/${key}`, Buffer.from('{}'));
    pass(34 * oneDay);
    expect(await clean()).toEqual({ stripped: ['restores/r'], removed: [] });
    pass(oneDay - oneHour);
    expect(await clean()).toEqual({ stripped: [], removed: [] });
    pass(oneHour);
    expect(await clean()).toEqual({ stripped: [], removed: ['restores/r'] });
    expect(keysOf('restores/r')).toEqual([]);
  });

  it('keeps the plan of a restore for as long as its run', async () => {
    const { state, pass, clean, keysOf } = rig();
    const plan = ['attempt-2/objects.json.gz', 'plan.json.gz', 'request.json', 'result.json'];
    for (const key of [...plan, 'lease-1.json', 'log.txt'])
      await state.put(`runs/plans/p/${key}`, Buffer.from('{}'));
    pass(34 * oneDay);
    expect(await clean()).toEqual({ stripped: ['plans/p'], removed: [] });
    expect(keysOf('plans/p')).toEqual(plan);
    pass(oneDay);
    expect(await clean()).toEqual({ stripped: [], removed: ['plans/p'] });
    expect(keysOf('plans/p')).toEqual([]);
  });
});

describe('cleaning unfinished uploads', () => {
  it('aborts those that a finished run wrote down as its own, and no other', async () => {
    const { vault, state, vaultBucket } = rig();
    await commitOne({ vault, state }, 'done');
    const begin = async (name: string, noted: boolean) => {
      const upload = await vault.startUpload(backupKeys(name).archive);
      if (noted) await noteUpload(runStore(state, { kind: 'backups', name }), 1, upload);
      return upload.id;
    };
    const orphan = await begin('done', true);
    const kept = [
      // Of another installation, whose backup has the same name.
      await begin('done', false),
      // Its run is under way.
      await begin('running', true),
      await begin('Not_A_Name', false),
    ];
    expect(vaultBucket.uploads.has(orphan)).toBe(true);
    expect(await cleanUploads({ vault, state, log })).toEqual([backupKeys('done').archive]);
    expect([...vaultBucket.uploads.keys()].sort()).toEqual([...kept].sort());
  });

  it('aborts those of three days that nobody wrote down, below the directory of an ended run alone', async () => {
    const { vault, state, vaultBucket, pass } = rig();
    await commitOne({ vault, state }, 'done');
    const orphan = await vault.startUpload(backupKeys('done').archive);
    // A copy goes on with its own for as long as it takes.
    const copied = await vault.startUpload(backupKeys('done').archive);
    await noteUpload(runStore(state, { kind: 'copies', name: 'done-0123456789' }), 1, copied);
    const foreign = await vault.startUpload(backupKeys('elsewhere').archive);
    pass(2 * 24 * 3_600_000);
    expect(await cleanUploads({ vault, state, log })).toEqual([]);
    pass(2 * 24 * 3_600_000);
    const young = await vault.startUpload(backupKeys('done').archive);
    expect(await cleanUploads({ vault, state, log })).toEqual([orphan.key]);
    expect([...vaultBucket.uploads.keys()].sort()).toEqual([copied.id, foreign.id, young.id].sort());
  });

  it('aborts those of a copy that has ended, and not those of one that goes on', async () => {
    const { vault, vaultBucket, state } = rig();
    const { archive } = backupKeys('x');
    for (const [run, ended] of [
      ['x-0123456789', true],
      ['x-0123456789-2', false],
    ] as const) {
      const upload = await vault.startUpload(archive);
      await noteUpload(runStore(state, { kind: 'copies', name: run }), 1, upload);
      if (ended) await state.put(`runs/copies/${run}/result.json`, Buffer.from('{}'));
    }
    const [, goesOn] = vaultBucket.uploads.keys();
    expect(await cleanUploads({ vault, state, log })).toEqual([archive]);
    expect([...vaultBucket.uploads.keys()]).toEqual([goesOn]);
  });
});
