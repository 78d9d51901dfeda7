import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../../local/cluster/server';
import type { ApiRequest, ApiResponse, Cluster } from '../../../../../shared/platform/kubernetes/port';
import { restore } from '../../../../../shared/operations/restore/restore';
import { configMap, namespace } from '../../../../e2e/restore/items';
import { connectTo, RestoreRig } from '../restore-rig';

const denied: ApiResponse = {
  status: 500,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(
    JSON.stringify({
      kind: 'Status',
      code: 500,
      reason: 'InternalError',
      message: 'Internal error occurred: failed calling webhook "gone.example.com": no endpoints',
    }),
  ),
  ambiguous: false,
};

describe('objects that exist where every create is refused', () => {
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

  it('are the same or are updated, and cost one list more for all that are not there', async () => {
    const rig = new RestoreRig();
    const names = Array.from({ length: 100 }, (_, index) => `settings-${index}`);
    const present = [namespace('full'), ...names.slice(50).map((name) => configMap('full', name))];
    await rig.addBackup('before', present);
    await restore(rig.job(target, 'before-1', { backupName: 'before' }));

    const backup = names.map((name, index) =>
      configMap('full', name, index === 99 ? { data: { a: '2' } } : {}),
    );
    await rig.addBackup('after', [namespace('full'), ...backup]);
    const asked: ApiRequest[] = [];
    const refusing: Cluster = {
      ...target,
      name: target.name,
      server: target.server,
      discover: (options) => target.discover(options),
      close: () => {},
      request: async (request) => {
        if (!request.path.includes('/configmaps')) return target.request(request);
        asked.push(request);
        return request.method === 'POST' ? denied : target.request(request);
      },
    };
    const job = rig.job(refusing, 'after-1', { backupName: 'after' }, { conflicts: { policy: 'update' } });
    const result = await restore(job, { resources: 0, deletion: 0, termination: 0, poll: 10 });

    expect(result.counts).toEqual({ same: 50, updated: 1, failed: 50 });
    const lists = asked.filter(({ method, path }) => method === 'GET' && /configmaps(\?|$)/.test(path));
    expect(lists).toHaveLength(1);
    // Two requests for each object that is there, and for the first ones of a row in each of the passes.
    expect(asked.length).toBeLessThan(400);
  });
});
