import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../local/cluster/server';
import { addCluster } from '../../../shared/app/clusters/add-cluster';
import { workingInstallation } from '../../harness/working-installation';

describe('a sandbox added with a service account of its own', () => {
  let sandbox: SandboxCluster;
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    await sandbox.load('{apiVersion: v1, kind: Namespace, metadata: {name: shop}}');
  });
  afterAll(() => sandbox.close());

  it('may what the scope says, as on a real cluster: reading all, it is backed up and not restored into', async () => {
    const lifeboat = await workingInstallation({ LIFEBOAT_SEAL_KEY: Buffer.alloc(32, 7).toString('base64') });
    const { rights, made } = await addCluster(lifeboat.installation, {
      name: 'a',
      kubeconfig: sandbox.kubeconfig,
      serviceAccount: { scope: 'read-only', rbac: true, account: 'lifeboat', home: 'lifeboat' },
    });
    expect(made).toContain('Secret lifeboat/lifeboat-token');
    expect(Object.fromEntries(rights.capabilities.map(({ purpose, extent }) => [purpose, extent]))).toEqual({
      identity: 'cluster',
      backup: 'cluster',
      restore: 'part',
      'restore-rbac': 'none',
      mirror: 'part',
    });
    expect(await lifeboat.backUp('a', 'whole')).toMatchObject({ phase: 'Completed', errors: 0 });
    const restored = await lifeboat.restore('a', 'back', {
      backupName: 'whole',
      includedNamespaces: ['shop'],
      namespaceMapping: { shop: 'shop-2' },
    });
    expect(restored.phase).not.toBe('Completed');
    expect(restored.counts.created ?? 0).toBe(0);
  });
});
