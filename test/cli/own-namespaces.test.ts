import { describe, expect, it } from '@jest/globals';
import { backupCommand } from '../../cli/commands/backup';
import { start } from './command-in-memory';

const create = 'create one --cluster a --vault main';

describe('backup create that selects nothing', () => {
  it('takes the namespaces that the cluster is registered for, and says so', async () => {
    const { run, state } = await start();
    await state.clusters.change('a', (a) => ({ ...a, spec: { ...a.spec, namespaces: ['shop', 'web'] } }));
    expect((await run(create, backupCommand)).notes).toContain(
      'No namespace is named: the backup takes those of cluster a: shop, web.',
    );
  });

  it('is refused where the cluster is registered for all of its namespaces', async () => {
    const { run } = await start();
    await expect(run(create, backupCommand)).rejects.toThrow('nothing is selected');
  });
});

describe('schedule create that selects nothing', () => {
  it('is accepted on such a cluster alone, and refused with the name of another', async () => {
    const { run, state, spec } = await start();
    const command = 'create nightly --schedule "0 2 * * *" --vault main --cluster a';
    await expect(run(command)).rejects.toThrow(
      'schedule "nightly": for cluster "a", spec.template names neither namespaces nor labels',
    );
    await state.clusters.change('a', (a) => ({ ...a, spec: { ...a.spec, namespaces: ['shop'] } }));
    await run(command);
    expect((await spec('nightly')).template.includedNamespaces).toBeUndefined();
    await expect(run('edit nightly --cluster a,b')).rejects.toThrow(/cluster/);
  });
});
