import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../../local/cluster/server';
import type { Cluster } from '../../../../../shared/platform/kubernetes/port';
import type { Replica } from '../../../../../shared/operations/restore/replica/replica';
import { restore } from '../../../../../shared/operations/restore/restore';
import { connectTo, RestoreRig, type TestItem } from '../restore-rig';

const rbac = 'rbac.authorization.k8s.io';

const role = (name: string, verbs: string[]): TestItem => ({
  groupResource: `clusterroles.${rbac}`,
  object: {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs }],
  },
});
const settings: TestItem = {
  groupResource: 'configmaps',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' } },
};

describe('cluster-scoped objects that came along with the namespaces of a replication rule', () => {
  const rig = new RestoreRig();
  const replica: Replica = { label: 'rule', targetUid: 'uid-target', sourceUid: 'uid-source' };
  let sandbox: SandboxCluster;
  let target: Cluster;

  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    target = await connectTo(sandbox.kubeconfig);
    for (const [backup, verbs] of [
      ['first', ['get']],
      ['second', ['get', 'list']],
    ] as const) {
      const items = [settings, role('made', [...verbs]), role('found', [...verbs])];
      await rig.addBackup(backup, items, undefined, { includedNamespaces: ['shop'] });
    }
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });

  const replicated = async (backup: string, by = replica) => {
    const name = `${backup}-${by.label}`;
    const job = rig.job(target, name, { backupName: backup }, { conflicts: { policy: 'update' } });
    await restore({ ...job, replica: by });
    const outcomes = await rig.outcomes(name);
    return Object.fromEntries(outcomes.map((one) => [one.name, one.outcome]));
  };

  it('are kept as the source has them where the rule made them, and left alone where it found them', async () => {
    await sandbox.load(JSON.stringify(role('found', ['watch']).object));
    expect(await replicated('first')).toMatchObject({ made: 'created', found: 'different' });
    expect(await replicated('second')).toMatchObject({ made: 'updated', found: 'different' });
    expect(await replicated('first', { ...replica, label: 'another' })).toMatchObject({ made: 'different' });
  });
});
