import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../../../local/cluster/server';
import type { Cluster } from '../../../../../../shared/platform/kubernetes/port';
import { rehearse } from '../../../../../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../../../../../shared/operations/restore/report/outcome';
import { restore } from '../../../../../../shared/operations/restore/restore';
import { connectTo, RestoreRig, type TestItem } from '../../restore-rig';

const hasty = { resources: 0, deletion: 0, termination: 0, poll: 10 };
const account = (name: string, namespace: string): TestItem => ({
  groupResource: 'serviceaccounts',
  object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
});
const tokenOf = (name: string, namespace: string): TestItem => ({
  groupResource: 'secrets',
  object: {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${name}-key`,
      namespace,
      annotations: {
        'kubernetes.io/service-account.name': name,
        'kubernetes.io/service-account.uid': 'of-the-old-cluster',
      },
    },
    type: 'kubernetes.io/service-account-token',
    data: { token: 'b2xk' },
  },
});

describe('a token Secret', () => {
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
  afterEach(() => sandbox.faults.clear());

  const secrets = (outcomes: readonly ObjectOutcome[]) =>
    outcomes
      .filter(({ groupResource }) => groupResource === 'secrets')
      .map(({ name, outcome, reason }) => [name, outcome, reason])
      .sort();

  async function tokenThere(namespace: string, name: string): Promise<boolean> {
    await sandbox.settled();
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    const { status, body } = await target.request({ method: 'GET', path });
    return status === 200 && JSON.parse(body.toString('utf8')).data.token !== undefined;
  }

  it('is restored where its account is, in the backup or made by the cluster; else it is left out with a warning, planned or done', async () => {
    const rig = new RestoreRig();
    await rig.addBackup('b', [
      account('robot', 'shop'),
      tokenOf('robot', 'shop'),
      tokenOf('default', 'shop'),
      tokenOf('nobody', 'shop'),
    ]);
    const job = rig.job(target, 'r', { backupName: 'b', namespaceMapping: { shop: 'shop-2' } });
    const planned: ObjectOutcome[] = [];
    const rehearsal = await rehearse(job, { hashKey: randomBytes(32), heard: (one) => planned.push(one) });
    const result = await restore(job, hasty);
    const reason =
      'its ServiceAccount nobody is not in namespace shop-2, and Kubernetes deletes a token without one';
    const expected = [
      ['default-key', 'created', undefined],
      ['nobody-key', 'skipped', reason],
      ['robot-key', 'created', undefined],
    ];
    expect(secrets(planned)).toEqual(expected);
    expect(secrets(await rig.outcomes('r'))).toEqual(expected);
    const warnings = {
      'shop-2': [
        expect.stringContaining(
          `secrets shop-2/nobody-key is not restored: ${reason}; restore the ServiceAccount too, or make it first`,
        ),
      ],
    };
    expect(rehearsal.results.warnings.namespaces).toEqual(warnings);
    expect((await rig.results('r')).warnings.namespaces).toEqual(warnings);
    expect(result).toMatchObject({ phase: 'Completed', warnings: 1 });
    expect(await tokenThere('shop-2', 'robot-key')).toBe(true);
    expect(await tokenThere('shop-2', 'default-key')).toBe(true);
  });

  it('waits with its account where that is refused for now', async () => {
    const rig = new RestoreRig();
    await rig.addBackup('b', [account('late', 'shop'), tokenOf('late', 'shop')]);
    sandbox.faults.add({ method: 'POST', path: /\/serviceaccounts$/, status: 404, count: 2 });
    const result = await restore(rig.job(target, 'r2', { backupName: 'b' }), hasty);
    expect(result).toMatchObject({ phase: 'Completed', warnings: 0 });
    expect(await tokenThere('shop', 'late-key')).toBe(true);
  });
});
