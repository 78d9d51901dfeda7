import { describe, expect, it } from '@jest/globals';
import { backupCommand } from '../../cli/commands/backup';
import { restoreCommand } from '../../cli/commands/restore';
import { start } from './command-in-memory';

describe('a name that is taken', () => {
  it('ends backup create with a conflict and the time of the earlier request', async () => {
    const { run } = await start();
    const create = 'create one --include-namespaces shop --cluster a --vault main';
    expect((await run(create, backupCommand)).notes).toContain(
      'Backup one of cluster a to vault main requested.',
    );
    await expect(run(create, backupCommand)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/^backup "one" was asked for already, at \d{4}-\d\d-\d\dT[\d:]+Z$/),
      hint: expect.stringContaining('--if-absent'),
    });
    await expect(
      run('create one --include-namespaces other --cluster a --vault main --if-absent', backupCommand),
    ).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(/with another request, at 2/),
    });
  });

  it('is taken on purpose with --if-absent', async () => {
    const { run } = await start();
    const create = 'create one --include-namespaces shop --cluster a --vault main --if-absent';
    expect((await run(create, backupCommand)).notes).toContain('requested.');
    expect((await run(create, backupCommand)).notes).toContain('was asked for already.');
  });

  it('ends restore create and restore plan with a conflict', async () => {
    const { run, installation } = await start();
    const vault = await installation.openVault('main');
    await vault.put('backups/one/velero-backup.json', Buffer.from('{}'));
    const create = 'create back --from-backup one --cluster a --vault main';
    expect((await run(create, restoreCommand)).notes).toContain('requested.');
    await expect(run(create, restoreCommand)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('restore "back" was asked for already, at 2'),
    });
    expect((await run(`${create} --if-absent`, restoreCommand)).notes).toContain('was asked for already.');
    const { requestPlan } = await import('../../shared/installation/runs/request');
    const planned = { cluster: 'a', vault: 'main', spec: { backupName: 'one' }, metadata: { name: 'p' } };
    await requestPlan(installation, { kind: 'PlanRequest', ...planned });
    await expect(
      run('plan p --from-backup one --cluster a --vault main', restoreCommand),
    ).rejects.toMatchObject({ kind: 'conflict', hint: expect.stringContaining('lifeboat restore plan p') });
  });
});
