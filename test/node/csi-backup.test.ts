import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { backUp } from '../../shared/operations/backup/back-up';
import { clearUpData } from '../../shared/operations/backup/clear-up-data';
import { findOperations } from '../../shared/formats/state/run/operations';
import type { BackupSpec } from '../../shared/formats/manifests/velero';
import { nextStep } from '../../shared/formats/state/run/starts';
import { runStore } from '../../shared/formats/state/run-keys';
import { runRecord } from '../../shared/formats/state/run-record';
import { cleanUpSnapshots } from '../../shared/app/runs/clean-up-snapshots';
import { carryOutDeletion, requestDeletion } from '../../shared/operations/deletion/delete-backup';
import type { ApiResponse, Cluster } from '../../shared/platform/kubernetes/port';
import { silentLog } from '../../shared/platform/log/log';
import { systemClock } from '../../shared/platform/system';
import { ended } from '../harness/ended';
import { describeWithNode } from '../harness/describe-with-node';
import { BackupRig } from '../shared/operations/backup/backup-rig';
import { hasSnapshot } from './driver-snapshots';
import { create, idle, isRunning, makeNamespace, remove, until } from './pods-that-run';

const snapshotApi = '/apis/snapshot.storage.k8s.io/v1';

/** A connection of which one method can be another. */
function proxied(cluster: Cluster) {
  return {
    name: cluster.name,
    server: cluster.server,
    discover: cluster.discover.bind(cluster),
    request: cluster.request.bind(cluster),
    close: () => {},
  };
}

describeWithNode('the data of claims in a backup, by CSI snapshots', (node) => {
  let rig: BackupRig;
  let namespace: string;

  beforeAll(async () => {
    rig = await BackupRig.start();
    const { cluster } = node();
    namespace = await makeNamespace(cluster, 'csi-backup');
    for (const name of ['data', 'unbound']) {
      await create(cluster, `/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
        metadata: { name, labels: { app: 'db' } },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'disk',
          resources: { requests: { storage: '1Gi' } },
        },
      });
    }
    await create(cluster, `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'db' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ ...idle('main'), volumeMounts: [{ name: 'files', mountPath: '/data' }] }],
        volumes: [{ name: 'files', persistentVolumeClaim: { claimName: 'data' } }],
      },
    });
    await until('the pod runs', () => isRunning(cluster, namespace, 'db'));
  }, 120_000);

  afterAll(async () => {
    await remove(node().cluster, `/api/v1/namespaces/${namespace}`);
    await rig.stop();
  });

  const spec = (more: BackupSpec = {}): BackupSpec => ({ includedNamespaces: [namespace], ...more });

  async function items(path: string): Promise<{ metadata: { name: string } }[]> {
    const response = await node().cluster.request({ method: 'GET', path });
    return JSON.parse(response.body.toString('utf8')).items;
  }

  async function snapshotsLeft(): Promise<string[]> {
    const snapshots = await items(`${snapshotApi}/namespaces/${namespace}/volumesnapshots`);
    const contents = (await items(`${snapshotApi}/volumesnapshotcontents`)) as {
      metadata: { name: string };
      spec: { volumeSnapshotRef: { namespace: string } };
    }[];
    return [
      ...snapshots.map(({ metadata }) => metadata.name),
      ...contents
        .filter((content) => content.spec.volumeSnapshotRef.namespace === namespace)
        .map(({ metadata }) => metadata.name),
    ];
  }

  const exists = (handle: string) => hasSnapshot(node().cluster, namespace, handle);

  it('is a snapshot where its driver has a class, and nothing of it stays in the cluster', async () => {
    const { result, backup, volumeInfo, objects, results, resourceList } = await rig.backUp(
      node().cluster,
      'saved',
      spec(),
    );
    const operations = await findOperations(rig.store('state-bucket', 'state/runs/backups/saved'));

    expect([result.phase, results.errors]).toEqual(['Completed', {}]);
    expect(operations).toMatchObject([{ namespace, claim: 'data', driver: 'disk.csi.test', state: 'kept' }]);
    const { handle, content, snapshot } = operations[0]!;
    expect(volumeInfo).toMatchObject([
      {
        pvcName: 'data',
        backupMethod: 'CSISnapshot',
        skipped: false,
        result: 'succeeded',
        csiSnapshotInfo: {
          snapshotHandle: handle,
          driver: 'disk.csi.test',
          vscName: content,
          ReadyToUse: true,
        },
      },
      { pvcName: 'unbound', skipped: true },
    ]);
    expect(backup.status).toMatchObject({
      csiVolumeSnapshotsAttempted: 1,
      csiVolumeSnapshotsCompleted: 1,
      backupItemOperationsCompleted: 1,
    });
    const claim = JSON.parse(objects.get(`persistentvolumeclaims ${namespace}/data`)!.toString());
    expect(claim.metadata).toMatchObject({
      labels: { app: 'db', 'velero.io/backup-name': 'saved', 'velero.io/volume-snapshot-name': snapshot },
      annotations: { 'velero.io/volume-snapshot-name': snapshot },
    });
    expect(Object.keys(resourceList).filter((kind) => kind.startsWith('snapshot.storage'))).toEqual([
      'snapshot.storage.k8s.io/v1/VolumeSnapshot',
      'snapshot.storage.k8s.io/v1/VolumeSnapshotClass',
      'snapshot.storage.k8s.io/v1/VolumeSnapshotContent',
    ]);
    expect(await exists(handle)).toBe(true);
    await until('its objects are gone', async () => (await snapshotsLeft()).length === 0);
  }, 60_000);

  it('is not saved where the backup says no, and its claim is named', async () => {
    const { result, volumeInfo, results } = await rig.backUp(
      node().cluster,
      'without',
      spec({ snapshotVolumes: false }),
    );
    expect(result.phase).toBe('Completed');
    expect(volumeInfo.every(({ skipped }) => skipped)).toBe(true);
    expect(JSON.stringify(results.warnings)).toContain(`${namespace}/data`);
  });

  it('is waited for in steps where the driver needs long, and is committed when it is ready', async () => {
    const { cluster } = node();
    let isSlow = true;
    // The driver of the node is quick: it is not seen that a snapshot is ready.
    const slow = {
      ...proxied(cluster),
      async request(request: Parameters<typeof cluster.request>[0]): Promise<ApiResponse> {
        const response = await cluster.request(request);
        if (!isSlow || request.method !== 'GET' || !request.path.includes('/volumesnapshotcontents/'))
          return response;
        const content = JSON.parse(response.body.toString('utf8'));
        if (content.status) content.status.readyToUse = false;
        return { ...response, body: Buffer.from(JSON.stringify(content)) };
      },
    };
    const job = rig.job(slow, 'later', spec());

    expect(await backUp(job)).toMatchObject({
      paused: { phase: 'WaitingForPluginOperations', message: '0 of 1 snapshot is ready' },
    });
    expect(await rig.vault.head('backups/later/velero-backup.json')).toBeUndefined();
    expect(await backUp({ ...job, resumed: true })).toMatchObject({ paused: {} });
    isSlow = false;
    const result = ended(await backUp({ ...job, resumed: true }));

    const { volumeInfo, backup } = await rig.read('later');
    expect(result.phase).toBe('Completed');
    expect(backup.status.phase).toBe('Completed');
    expect(volumeInfo[0]).toMatchObject({ result: 'succeeded', csiSnapshotInfo: { ReadyToUse: true } });
    await until('its objects are gone', async () => (await snapshotsLeft()).length === 0);
  }, 90_000);

  it('leaves no snapshot behind where the backup is given up, whether its objects are there or not', async () => {
    const { cluster } = node();
    const job = rig.job(cluster, 'given-up', spec());
    const run = job.run;
    // The commit is refused, after the snapshot was kept and its objects have gone.
    const refused = { ...job, signer: { publicKey: () => Promise.reject(new Error('no key')) } };
    await expect(backUp(refused as never)).rejects.toThrow('no key');
    const [operation] = await findOperations(run);
    expect(await exists(operation!.handle)).toBe(true);

    await clearUpData({ ...job, signal: AbortSignal.timeout(60_000) });

    expect(await exists(operation!.handle)).toBe(false);
    expect(await findOperations(run)).toEqual([]);
    await until('nothing is left', async () => (await snapshotsLeft()).length === 0);
  }, 90_000);

  it('goes when the content of the backup is deleted, by a worker that is started until it has', async () => {
    const state = rig.store('state-bucket', 'state');
    const { cluster } = node();
    await rig.backUp(cluster, 'expired', spec());
    const [operation] = await findOperations(runStore(state, { kind: 'backups', name: 'expired' }));
    const work = { vault: rig.vault, vaultName: 'main', state };
    await requestDeletion(work, 'expired', { by: 'person', who: 'test', at: '2026-01-01T00:00:00Z' });
    const deletion = await carryOutDeletion(work, 'expired', { immediately: true });

    expect(deletion.state).toBe('deleted');
    expect(await exists(operation!.handle)).toBe(true);
    const run = { kind: 'backups', name: 'expired' } as const;
    const record = { ...(await runRecord(state, run)), requested: true, finished: true };
    expect(nextStep(record, 0)).toEqual({ do: 'start', k: 1 });
    const request = { ...rig.job(cluster, 'expired', spec()).request };
    await cleanUpSnapshots(
      {
        id: 'test-installation',
        clock: systemClock,
        log: silentLog,
        state: {
          store: state,
          vaults: { list: async () => ({ items: [{ metadata: { name: 'main' } }], unreadable: [] }) },
          clusters: { find: async () => ({}) },
        },
        openVaultStore: () => rig.vault,
        openCluster: async () => ({ ...proxied(cluster), close: () => {} }),
      } as never,
      request,
    );

    expect(await exists(operation!.handle)).toBe(false);
    const after = { ...(await runRecord(state, run)), requested: true, finished: true };
    expect(nextStep(after, 0)).toEqual({ do: 'close' });
  }, 60_000);
});
