import { describe, expect, it } from '@jest/globals';
import { addSchedule } from '../../../../shared/app/schedules/add-schedule';
import { runSchedule } from '../../../../shared/app/schedules/run-schedule';
import { requestBackup, requestPlan, requestRestore } from '../../../../shared/app/runs/request';
import { askForCopies, requestCopy } from '../../../../shared/app/runs/request-copy';
import { retryCopies } from '../../../../shared/app/runs/retry-copies';
import { createRequest, findRequest } from '../../../../shared/formats/state/run/requests';
import { copyName } from '../../../../shared/platform/input/names';
import type { BackupRequest } from '../../../../shared/formats/manifests/run';
import { anInstallation } from '../an-installation';

const backupOf = (name: string): BackupRequest => ({
  kind: 'BackupRequest',
  metadata: { name },
  cluster: 'a',
  vault: 'main',
  spec: { includedNamespaces: ['shop'] },
});
const restoreOf = (name: string, kind = 'RestoreRequest') => ({
  kind,
  metadata: { name },
  cluster: 'a',
  vault: 'main',
  spec: { backupName: 'one' },
});

async function start() {
  const made = await anInstallation();
  await made.vault.put('backups/one/velero-backup.json', Buffer.from('{}'));
  return made;
}

describe('a name that the system makes', () => {
  it('is refused to a person for a backup, also before any schedule has such names, and nothing is written', async () => {
    const { installation, bucket } = await start();
    const before = bucket.keys();
    for (const name of ['nightly-20261123020000', 'nightly-b-20261123020000']) {
      await expect(requestBackup(installation, { ...backupOf(name), hold: 'mine' })).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining(`"${name}": names that end in -<14 digits> are reserved`),
      });
    }
    expect(bucket.keys()).toEqual(before);
    for (const name of ['nightly', 'nightly-20261123', 'nightly-v20261123020000'])
      await requestBackup(installation, backupOf(name));
  });

  it('is refused to a person for a restore, and not for a plan, which no rule makes', async () => {
    const { installation, bucket } = await start();
    const before = bucket.keys();
    const name = 'standby-0123456789abcdef';
    await expect(requestRestore(installation, restoreOf(name))).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('reserved for replication rules'),
    });
    expect(bucket.keys()).toEqual(before);
    // As `restore create` names them.
    await requestRestore(installation, restoreOf('one-20261122100000'));
    await requestPlan(installation, restoreOf(name, 'PlanRequest'));
  });

  it('is given to the schedule itself', async () => {
    const { installation } = await start();
    const spec = {
      schedule: '0 * * * *',
      clusters: ['a'],
      vault: 'main',
      template: { includedNamespaces: ['shop'] },
    };
    await addSchedule(installation, { name: 'hourly', spec });
    const [made] = await runSchedule(installation, 'hourly');
    expect(made).toMatchObject({ created: true, run: { name: 'hourly-20261122100000' } });
  });

  it('still answers for a run that has it from before', async () => {
    const { installation, context } = await start();
    const request = backupOf('nightly-20261123020000');
    await createRequest(context.state, request);
    expect(await requestBackup(installation, request)).toMatchObject({ created: false });
  });
});

describe('the copy that a schedule wants', () => {
  const scheduled: BackupRequest = {
    ...backupOf('one'),
    schedule: { name: 'nightly', slot: '2026-11-22T10:00:00Z', copies: ['second'] },
  };
  async function withSecondVault() {
    const made = await start();
    await made.state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'second' },
      spec: { region: 'cn-hangzhou', bucket: 'second' },
    });
    return made;
  }

  it('is the same where a person asked for it before', async () => {
    const { installation, context } = await withSecondVault();
    await requestCopy(installation, { backup: 'one', from: 'main', to: 'second' });
    await askForCopies(installation, scheduled);
    const name = copyName('one', 'main', 'second', 1);
    expect(await findRequest(context.state, { kind: 'copies', name })).not.toHaveProperty('schedule');
  });

  it('is reported as missing where the copy of another backup has its name, and does not hold the backup up', async () => {
    const { installation, context } = await withSecondVault();
    const name = copyName('one', 'main', 'second', 1);
    const other = { backup: 'other', from: 'main', vault: 'second' };
    await createRequest(context.state, { kind: 'CopyRequest', metadata: { name }, ...other });
    await askForCopies(installation, scheduled);
    expect((await retryCopies(installation)).failed).toEqual([
      { name: 'second/one', reason: expect.stringContaining('has the name of another') },
    ]);
    await expect(
      requestCopy(installation, { backup: 'one', from: 'main', to: 'second' }),
    ).rejects.toMatchObject({ kind: 'conflict' });
  });
});
