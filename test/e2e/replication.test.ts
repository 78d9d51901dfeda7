import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { localBuckets, localRegion } from '../../local/one-machine';
import { requestBackup } from '../../shared/app/runs/request';
import type { RunResult } from '../../shared/formats/manifests/run';
import { findRun } from '../../shared/formats/state/run/runs';
import { systemClock } from '../../shared/platform/system';
import { describeWithRealClusters } from '../harness/describe-with-real-cluster';
import { type StartedMachine, startMachine } from '../harness/started-machine';

jest.setTimeout(120_000);

const replicated = 'lifeboat/replicated-by';

describeWithRealClusters('replication between real clusters', ['current', 'current'], (clusters) => {
  let lifeboat: StartedMachine;
  const source = () => clusters()[0]!;
  const target = () => clusters()[1]!;
  const state = () => lifeboat.machine.installation.state.store;

  beforeAll(async () => {
    lifeboat = await startMachine();
    await lifeboat.addCluster('home', source().kubeconfig);
    await lifeboat.addCluster('standby', target().kubeconfig);
    // No trigger watches this bucket: every event of this vault is lost.
    await lifeboat.machine.installation.state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'quiet' },
      spec: { region: localRegion, bucket: localBuckets.state, subdirectory: 'quiet' },
    });
    await source().apply(shop);
    const fillers = Array.from({ length: 12 }, (_, n) => configMap(`filler-${n}`));
    await source().apply(fillers.join('---\n'));
  }, 180_000);
  afterAll(() => lifeboat?.close());

  const cli = async (...parameters: string[]) => {
    const end = await lifeboat.lifeboat(parameters);
    expect([end.code, end.err]).toEqual([0, expect.any(String)]);
    return end.out;
  };
  /** Backs `home` up as a schedule would. */
  const backUp = async (name: string, vault: string) => {
    await requestBackup(lifeboat.machine.installation, {
      kind: 'BackupRequest',
      metadata: { name },
      cluster: 'home',
      vault,
      spec: { includedNamespaces: ['shop'] },
      schedule: { name: 'hourly', slot: '2026-11-22T10:00:00Z' },
    });
    for (;;) {
      const run = await findRun(state(), { kind: 'backups', name });
      if (run?.result) return expect(run.result).toMatchObject({ phase: 'Completed' });
      await systemClock.sleep(100);
    }
  };
  const restoreOf = async (rule: string, backup: string): Promise<RunResult | undefined> => {
    for await (const page of state().list(`runs/restores/${rule}-`, { delimiter: '/' })) {
      for (const prefix of page.prefixes) {
        const run = await findRun(state(), { kind: 'restores', name: prefix.split('/')[2]! });
        if (run?.request.kind === 'RestoreRequest' && run.request.spec.backupName === backup)
          return run.result;
      }
    }
    return undefined;
  };
  const restored = async (rule: string, backup: string): Promise<RunResult> => {
    for (const start = systemClock.monotonic(); systemClock.monotonic() - start < 60_000; ) {
      const result = await restoreOf(rule, backup);
      if (result) return result;
      await systemClock.sleep(200);
    }
    throw new Error(`${backup} was not restored by ${rule}:\n${lifeboat.lines.slice(-40).join('\n')}`);
  };
  const names = async (kind: string, namespace: string, ...more: string[]) =>
    (await target().kubectl('get', kind, '-n', namespace, '-o', 'name', ...more))
      .split('\n')
      .filter((one) => one !== '')
      .sort();
  const uidOf = async (what: string) =>
    target().kubectl('get', what, '-n', 'copy', '-o', 'jsonpath={.metadata.uid}');

  it('mirrors what lands, into another namespace, as its event comes', async () => {
    await cli(
      ...['replication', 'create', 'mirror', '--from', 'home', '--to', 'standby', '--vault', 'main'],
      ...['--policy', 'mirror', '--include-namespaces', 'shop', '--namespace-mappings', 'shop:copy'],
    );
    await backUp('hourly-1', 'main');
    expect(await restored('mirror', 'hourly-1')).toMatchObject({ phase: 'Completed', errors: 0 });
    expect(await names('deployments,services,secrets', 'copy')).toEqual([
      'deployment.apps/web',
      'secret/till',
      'service/other',
      'service/web',
    ]);
  });

  it('leaves to the cluster what its controllers made of it, labels and all', async () => {
    // The endpoints controllers copy the labels of a Service to what they keep for it.
    await until(async () => (await names('endpointslices', 'copy', '-l', replicated)).length > 1);
    await until(async () => (await names('replicasets', 'copy')).length > 0);
    const [slice = ''] = await names('endpointslices', 'copy', '-l', 'kubernetes.io/service-name=web');
    const before = [await uidOf(slice), await uidOf('deployment/web'), await uidOf('configmap/filler-0')];
    await source().kubectl('delete', 'configmap', 'filler-1', 'filler-2', '-n', 'shop');
    await source().kubectl('delete', 'service', 'other', '-n', 'shop');
    await source().kubectl('scale', 'deployment', 'web', '-n', 'shop', '--replicas=3');
    await target().apply(configMap('made-here', 'copy'));
    await backUp('hourly-2', 'main');
    const result = await restored('mirror', 'hourly-2');
    expect(result).toMatchObject({ phase: 'Completed', counts: { deleted: 3, updated: 1 } });
    const after = [await uidOf(slice), await uidOf('deployment/web'), await uidOf('configmap/filler-0')];
    expect(after).toEqual(before);
    const replicas = ['get', 'deployment', 'web', '-n', 'copy', '-o', 'jsonpath={.spec.replicas}'];
    expect(await target().kubectl(...replicas)).toBe('3');
    const left = await names('configmaps', 'copy');
    expect(left).toContain('configmap/made-here');
    expect(left).not.toContain('configmap/filler-1');
    expect(await names('services', 'copy')).toEqual(['service/web']);
  });

  it('says how far the target lags behind', async () => {
    const [rule] = JSON.parse(await cli('replication', 'get', '-o', 'json')).items;
    expect(rule.status.targets).toMatchObject([{ target: 'standby', equal: { backup: 'hourly-2' } }]);
    expect(rule.status.lagSeconds).toBeLessThan(240);
    expect(await cli('replication', 'describe', 'mirror')).toContain('equal to hourly-2');
  });

  it('finds all equal when nothing has changed, though the cluster has filled in its part', async () => {
    await backUp('hourly-3', 'main');
    const result = await restored('mirror', 'hourly-3');
    expect(result).toMatchObject({ phase: 'Completed', warnings: 0 });
    for (const changed of ['updated', 'different', 'deleted', 'failed'])
      expect([changed, result.counts[changed]]).toEqual([changed, undefined]);
  });

  it('catches up by the hourly timer with what no event told of, from the newest alone', async () => {
    await cli(
      ...['replication', 'create', 'late', '--from', 'home', '--to', 'standby', '--vault', 'quiet'],
      ...['--policy', 'seed', '--namespace-mappings', 'shop:late'],
    );
    for (const name of ['quiet-1', 'quiet-2']) await backUp(name, 'quiet');
    await lifeboat.machine.fc.idle();
    expect(await restoreOf('late', 'quiet-2')).toBeUndefined();
    // Twice at once, as FC may deliver it.
    for (let i = 0; i < 2; i += 1) lifeboat.machine.fc.fireTimer('every-hour');
    expect(await restored('late', 'quiet-2')).toMatchObject({ phase: 'Completed' });
    await lifeboat.machine.fc.idle();
    expect(await restoreOf('late', 'quiet-1')).toBeUndefined();
    expect(await names('deployments', 'late')).toEqual(['deployment.apps/web']);
  });

  it('restores nothing while paused, and nothing of a deleted rule', async () => {
    await cli('replication', 'pause', 'mirror');
    await backUp('hourly-4', 'main');
    await lifeboat.machine.fc.idle();
    expect(await restoreOf('mirror', 'hourly-4')).toBeUndefined();
    await cli('replication', 'unpause', 'mirror');
    lifeboat.machine.fc.fireTimer('every-hour');
    expect(await restored('mirror', 'hourly-4')).toMatchObject({ phase: 'Completed' });
    await cli('replication', 'delete', 'mirror');
    await backUp('hourly-5', 'main');
    await lifeboat.machine.fc.idle();
    expect(await restoreOf('mirror', 'hourly-5')).toBeUndefined();
    expect(await names('deployments', 'copy')).toEqual(['deployment.apps/web']);
  });
});

function configMap(name: string, namespace = 'shop'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\ndata: {n: "1"}\n`;
}

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: till, namespace: shop}
stringData: {pin: "1234"}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: other, namespace: shop}
spec: {selector: {app: other}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
`;

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await systemClock.sleep(200);
}
