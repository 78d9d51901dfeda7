import { describe, expect, it } from '@jest/globals';
import { backUp } from '../../../../shared/operations/backup/back-up';
import type { BackupJob } from '../../../../shared/operations/backup/job';
import { silentLog } from '../../../../shared/platform/log/log';
import { watchRuns } from '../../../../shared/operations/notifications/watch-runs';
import { carryOutRun } from '../../../../shared/operations/runs/carry-out-run';
import { requestDueBackups } from '../../../../shared/operations/schedule/request-due-backups';
import { backupRequest } from '../../../../shared/formats/state/run/requests';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { claimStart } from '../../../../shared/formats/state/run/starts';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { minute } from '../runs/fixtures';
import { anInstallation } from '../../app/an-installation';
import { writeBackup } from '../retention/committed-backup';

const name = 'often-20261122100000';
const run = { kind: 'backups', name } as const;
const keys = backupKeys(name);

/** A scheduled backup whose worker died right after its commit. */
async function committed() {
  const made = await anInstallation();
  const { context, bucket, state, vault, clock } = made;
  await state.schedules.create({
    kind: 'Schedule',
    metadata: { name: 'often' },
    spec: {
      schedule: '*/10 * * * *',
      clusters: ['a'],
      vault: 'main',
      startAt: '2026-11-22T09:55:00Z',
      includeClusterInNames: false,
      template: { includedNamespaces: ['shop'] },
    },
  });
  const due = () => requestDueBackups(context, { ...state, openVault: async () => vault });
  expect((await due()).requested).toEqual([name]);
  let dead = false;
  bucket.onWrite = (key) => {
    dead ||= key.endsWith('/commit.json');
  };
  bucket.before = () => {
    if (dead) throw new Error('killed');
  };
  await expect(writeBackup({ vault, state: context.state }, name, {})).rejects.toThrow('killed');
  bucket.before = () => {};
  bucket.onWrite = () => {};
  expect([...bucket.uploads.values()]).toHaveLength(1);
  /** The worker that is started again. */
  async function replay(isDeleted = async () => false) {
    const request = await backupRequest(context.state, name);
    return carryOutRun(context, run, async (lease, progress, { committed }) =>
      backUp({
        ...{ request, installation: 'i1', cluster: undefined as unknown as BackupJob['cluster'], vault },
        ...{ run: runStore(context.state, run), lease, progress, isDeleted, log: silentLog },
        ...{ clock, random: context.random, committed },
      }),
    );
  }
  return { ...made, due, replay };
}

describe('a committed backup that can never be put into its vault', () => {
  it.each<
    [
      string,
      string,
      Awaited<ReturnType<typeof committed>> extends infer Made ? (made: Made) => unknown : never,
    ]
  >([
    [
      'a manifest with other bytes',
      'other bytes',
      ({ vault }) => vault.put(keys.manifest, Buffer.from('{}')),
    ],
    ['an archive with other bytes', 'other bytes', ({ vault }) => vault.put(keys.archive, Buffer.from('x'))],
    [
      'a side file with other bytes',
      'other bytes',
      ({ vault }) => vault.put(keys.catalogue, Buffer.from('x')),
    ],
    ['an upload that is gone', 'its upload is gone', ({ bucket }) => bucket.uploads.clear()],
  ])(
    'ends Failed because of %s: the schedule goes on, people are told, no upload is left',
    async (_, fault, spoil) => {
      const made = await committed();
      const { bucket, context, clock, due, replay } = made;
      await spoil(made);
      const before = new Map(bucket.objects);
      expect(await replay()).toMatchObject({ phase: 'Failed', reason: expect.stringContaining(fault) });
      expect(bucket.uploads.size).toBe(0);
      expect(bucket.keys()).not.toContain(`state/open/backups/${name}`);
      const foreign = bucket.objects.get(`vault/${keys.manifest}`);
      expect(foreign).toEqual(before.get(`vault/${keys.manifest}`));
      await watchRuns({ ...context, local: true });
      expect(bucket.keys().filter((key) => key.startsWith('state/outbox/'))).toHaveLength(1);
      await clock.advance(10 * minute);
      expect((await due()).requested).toEqual(['often-20261122101000']);
    },
  );

  it('ends Failed when it was deleted meanwhile', async () => {
    const { replay } = await committed();
    expect(await replay(async () => true)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('has been deleted'),
    });
  });

  it('is tried again after an error that may pass, and where a newer version wrote the commit', async () => {
    const { bucket, context, clock, replay } = await committed();
    bucket.before = (_op, key) => {
      if (key.startsWith('vault/')) throw new Error('no answer');
    };
    await expect(replay()).rejects.toThrow('no answer');
    bucket.before = () => {};
    // The lease of that attempt is over.
    await clock.advance(4 * minute);
    await runStore(context.state, run).put('commit.json', Buffer.from('{"kind":"Commit","format":2}'));
    await expect(replay()).rejects.toMatchObject({ kind: 'corrupt' });
    expect(bucket.keys()).toContain(`state/open/backups/${name}`);
  });

  it('is left to the newer release that wrote the commit for ten starts, then ends Failed and the schedule goes on', async () => {
    const { bucket, context, clock, due, replay } = await committed();
    await runStore(context.state, run).put('commit.json', Buffer.from('{"kind":"Commit","format":2}'));
    for (let k = 2; k < 10; k++) await claimStart(context.state, run, k, 'test');
    await expect(replay()).rejects.toThrow('not a commit this version understands');
    await clock.advance(4 * minute);
    await claimStart(context.state, run, 10, 'test');
    expect(await replay()).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('not a commit this version understands'),
    });
    expect(bucket.keys()).not.toContain(`state/open/backups/${name}`);
    await clock.advance(10 * minute);
    expect((await due()).requested).toHaveLength(1);
  });

  it('ends as the backup did where the newer release has put it into the vault', async () => {
    const { vault, context, replay } = await committed();
    await runStore(context.state, run).put('commit.json', Buffer.from('{"kind":"Commit","format":2}'));
    const manifest = {
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name },
      status: { phase: 'Completed' },
    };
    await vault.put(keys.manifest, Buffer.from(JSON.stringify(manifest)));
    expect(await replay()).toMatchObject({ phase: 'Completed' });
  });
});
