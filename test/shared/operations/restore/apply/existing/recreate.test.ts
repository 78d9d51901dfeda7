import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../../../local/cluster/server';
import type { Cluster } from '../../../../../../shared/platform/kubernetes/port';
import { restore } from '../../../../../../shared/operations/restore/restore';
import { connectTo, RestoreRig } from '../../restore-rig';

describe('an object that is to be replaced', () => {
  let sandbox: SandboxCluster;
  let target: Cluster;
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    target = await connectTo(sandbox.kubeconfig);
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });

  async function get(path: string) {
    const { body } = await target.request({ method: 'GET', path });
    return JSON.parse(body.toString('utf8'));
  }

  it('is put back with its owner where the one of the backup cannot be made after all', async () => {
    await sandbox.load('{apiVersion: v1, kind: ConfigMap, metadata: {name: owner, namespace: default}}');
    const { uid } = (await get('/api/v1/namespaces/default/configmaps/owner')).metadata;
    const owner = `{apiVersion: v1, kind: ConfigMap, name: owner, uid: ${uid}}`;
    await sandbox.load(`
apiVersion: v1
kind: Secret
metadata: {name: owned, namespace: default, ownerReferences: [${owner}]}
stringData: {from: cluster}
`);
    const before = await get('/api/v1/namespaces/default/secrets/owned');
    const rig = new RestoreRig();
    const metadata = { name: 'owned', namespace: 'default' };
    await rig.addBackup('b', [
      {
        groupResource: 'secrets',
        object: { apiVersion: 'v1', kind: 'Secret', metadata, data: { from: 'YmFja3Vw' } },
      },
    ]);
    // The first create meets the one that is there, the second is refused.
    sandbox.faults.add({ method: 'POST', path: /\/secrets$/, after: 1, status: 403 });
    const result = await restore(
      rig.job(target, 'r', { backupName: 'b' }, { conflicts: { policy: 'replace' } }),
      { resources: 1_000, deletion: 1_000, termination: 0, poll: 10 },
    );
    const [outcome] = (await rig.outcomes('r')).filter(({ name }) => name === 'owned');

    expect(result.phase).toBe('PartiallyFailed');
    expect(outcome).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('the one before is back'),
    });
    const back = await get('/api/v1/namespaces/default/secrets/owned');
    expect(back.metadata.uid).not.toBe(before.metadata.uid);
    expect(back.data).toEqual(before.data);
    expect(back.metadata.ownerReferences).toEqual(before.metadata.ownerReferences);
  });

  it('is made of what a controller put in its place before us', async () => {
    await sandbox.load('{apiVersion: v1, kind: Namespace, metadata: {name: quick}}');
    const collection = '/api/v1/namespaces/quick/configmaps';
    const path = `${collection}/settings`;
    const configMap = (team: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'quick', labels: { team } },
    });
    const make = () =>
      target.request({
        method: 'POST',
        path: collection,
        body: JSON.stringify(configMap('a')),
        contentType: 'application/json',
      });
    await make();
    const before = await get(path);
    const quickController: Cluster = {
      ...target,
      close: () => {},
      discover: (options) => target.discover(options),
      async request(request) {
        const answer = await target.request(request);
        if (request.method === 'DELETE') await make();
        return answer;
      },
    };
    const rig = new RestoreRig();
    await rig.addBackup('b', [{ groupResource: 'configmaps', object: configMap('b') }]);
    const result = await restore(
      rig.job(quickController, 'quick', { backupName: 'b' }, { conflicts: { policy: 'replace' } }),
      { resources: 0, deletion: 0, termination: 0, poll: 10 },
    );

    expect(result.counts).toEqual({ recreated: 1, same: 1 });
    const after = await get(path);
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(after.metadata.labels).toMatchObject({ team: 'b' });
  });
});
