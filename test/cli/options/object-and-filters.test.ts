import { describe, expect, it } from '@jest/globals';
import { restoreCommand } from '../../../cli/commands/restore';
import { requestPlan, requestRestore } from '../../../shared/app/runs/request';
import { start } from '../command-in-memory';

describe('a restore of one object', () => {
  it.each([
    ['--include-namespaces shop', 'spec.includedNamespaces (--include-namespaces)'],
    ['--exclude-namespaces shop', 'spec.excludedNamespaces (--exclude-namespaces)'],
    ['--include-resources configmaps', 'spec.includedResources (--include-resources)'],
    ['--exclude-resources secrets', 'spec.excludedResources (--exclude-resources)'],
    ['-l app=web', 'spec.labelSelector (--selector)'],
    ['--or-selector app=web --or-selector app=nginx', 'spec.orLabelSelectors (--or-selector)'],
    ['--include-cluster-resources false', 'spec.includeClusterResources'],
  ])('is refused with %s, which would have no effect', async (flags, named) => {
    const { run, installation, bucket } = await start();
    const vault = await installation.openVault('main');
    await vault.put('backups/one/velero-backup.json', Buffer.from('{}'));
    const before = bucket.keys();
    const create = `create back --from-backup one --cluster a --vault main --object configmaps/shop/settings ${flags}`;
    await expect(run(create, restoreCommand)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(named),
    });
    expect(bucket.keys()).toEqual(before);
  });

  it('is refused with filters over HTTP and in a plan as well', async () => {
    const { installation } = await start();
    const request = {
      metadata: { name: 'back' },
      cluster: 'a',
      vault: 'main',
      object: { resource: 'configmaps', namespace: 'shop', name: 'settings' },
      spec: { backupName: 'one', includedResources: ['secrets'] },
    };
    await expect(requestRestore(installation, { kind: 'RestoreRequest', ...request })).rejects.toThrow(
      'spec.includedResources',
    );
    await expect(requestPlan(installation, { kind: 'PlanRequest', ...request })).rejects.toThrow(
      'spec.includedResources',
    );
  });

  it('may have a mapping of its namespace', async () => {
    const { run, installation } = await start();
    const vault = await installation.openVault('main');
    await vault.put('backups/one/velero-backup.json', Buffer.from('{}'));
    const create =
      'create back --from-backup one --cluster a --vault main --object configmaps/shop/settings --namespace-mappings shop:copy';
    expect((await run(create, restoreCommand)).notes).toContain('requested.');
  });
});
