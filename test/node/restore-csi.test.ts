import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { RunResult } from '../../shared/formats/manifests/run';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import type { RestoreJob } from '../../shared/operations/restore/stages/job';
import { ClusterObjects } from '../e2e/restore/cluster-objects';
import { describeWithNode } from '../harness/describe-with-node';
import { RestoreRig, type TestItem, type TestObject } from '../shared/operations/restore/restore-rig';

const run = randomBytes(4).toString('hex');
const source = `csi-${run}`;
const copy = `csi-copy-${run}`;
const standby = `csi-standby-${run}`;
const claims = 'persistentvolumeclaims';
const snapshots = 'volumesnapshots.snapshot.storage.k8s.io';
const contents = 'volumesnapshotcontents.snapshot.storage.k8s.io';
const image = 'test.local/tools:1';

const claim = (name: string, storageClassName: string): TestItem => ({
  groupResource: claims,
  object: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: source },
    spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '8Mi' } } },
  },
});

/** A pod that mounts both claims and leaves what its command prints. */
const pod = (name: string, command: string, namespace = source): TestItem => ({
  groupResource: 'pods',
  object: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'main',
          image,
          imagePullPolicy: 'Never',
          command: ['sh', '-c', `(${command}) > /dev/termination-log`],
          volumeMounts: ['now', 'late'].map((one) => ({ name: one, mountPath: `/${one}` })),
        },
      ],
      volumes: ['now', 'late'].map((one) => ({ name: one, persistentVolumeClaim: { claimName: one } })),
    },
  },
});

const sums = 'sha256sum /now/file /late/file';

describeWithNode('a restore of claims from CSI snapshots', (node) => {
  const rig = new RestoreRig();
  let cluster: Cluster;
  let objects: ClusterObjects;
  /** By claim. */
  const handles: Record<string, string> = {};
  let written = '';
  let archived: TestItem[];
  let volumeInfo: Record<string, unknown>[];

  /** A backup as Velero 1.18 writes it: claims with label and annotation, VolumeSnapshot, content, volumeinfo. */
  async function backUp(): Promise<void> {
    archived = [{ groupResource: 'namespaces', object: await objects.get('namespaces', source) }];
    volumeInfo = [];
    for (const name of ['now', 'late']) {
      const snapshot = `velero-${name}-${run}`;
      await objects.create({
        groupResource: snapshots,
        object: {
          apiVersion: 'snapshot.storage.k8s.io/v1',
          kind: 'VolumeSnapshot',
          metadata: { name: snapshot, namespace: source, labels: { 'velero.io/backup-name': 'shop' } },
          spec: { volumeSnapshotClassName: 'disk', source: { persistentVolumeClaimName: name } },
        },
      });
      const taken = await objects.until(snapshots, snapshot, source, ({ status }) => status?.readyToUse);
      const contentName = taken.status.boundVolumeSnapshotContentName;
      const labels = { 'velero.io/backup-name': 'shop' };
      const content = await objects.merge(contents, contentName, undefined, { metadata: { labels } });
      const held = await objects.get(claims, name, source);
      held.metadata.annotations['velero.io/volume-snapshot-name'] = snapshot;
      held.metadata.labels = { ...labels, 'velero.io/volume-snapshot-name': snapshot };
      handles[name] = content.status.snapshotHandle;
      archived.push(
        { groupResource: claims, object: held },
        {
          groupResource: 'persistentvolumes',
          object: await objects.get('persistentvolumes', held.spec.volumeName),
        },
        { groupResource: snapshots, object: taken },
        { groupResource: contents, object: content },
      );
      volumeInfo.push({
        pvcName: name,
        pvcNamespace: source,
        pvName: held.spec.volumeName,
        backupMethod: 'CSISnapshot',
        snapshotDataMoved: false,
        preserveLocalSnapshot: true,
        skipped: false,
        startTimestamp: taken.metadata.creationTimestamp,
        result: 'succeeded',
        csiSnapshotInfo: {
          snapshotHandle: handles[name],
          size: 0,
          driver: 'disk.csi.test',
          vscName: contentName,
          ReadyToUse: true,
        },
        pvInfo: { reclaimPolicy: 'Delete', labels: null },
      });
      await objects.merge(contents, contentName, undefined, { spec: { deletionPolicy: 'Retain' } });
      await objects.delete(snapshots, snapshot, source);
      await objects.delete(contents, contentName);
    }
    archived.push(pod('reader', sums));
    await rig.addBackup('shop', archived, volumeInfo);
  }

  function job(name: string, more: Parameters<RestoreRig['job']>[3] = {}, spec = {}): RestoreJob {
    const recorded = Object.entries(handles).map(([one, handle]) => ({
      id: one,
      kind: 'csi-snapshot' as const,
      namespace: source,
      claim: one,
      snapshot: one,
      content: one,
      driver: 'disk.csi.test',
      handle,
      state: 'kept' as const,
      startedAt: '2026-12-01T00:00:00Z',
      deadline: '2026-12-01T00:00:00Z',
      attempts: 1,
    }));
    return {
      ...rig.job(cluster, `${name}-${run}`, { backupName: 'shop', ...spec }, more),
      recordedSnapshots: async () => recorded,
    };
  }

  async function outcomeOf(name: string, of: string): Promise<ObjectOutcome | undefined> {
    const all = await rig.outcomes(`${name}-${run}`);
    return all.find((one) => one.groupResource === claims && one.name === of);
  }

  async function printed(name: string, namespace: string): Promise<string> {
    const ended = await objects.until('pods', name, namespace, ({ status }) => status.phase === 'Succeeded');
    return ended.status.containerStatuses[0].state.terminated.message;
  }

  async function gone(namespace: string): Promise<void> {
    await objects.delete('namespaces', namespace);
    for (let tries = 0; tries < 300; tries++) {
      const left = await objects.list('namespaces');
      if (!left.some(({ metadata }) => metadata.name === namespace)) return;
      await delay(100);
    }
    throw new Error(`namespace ${namespace} does not go`);
  }

  /** What a restore made to bring the data, of all namespaces. */
  async function helpers(restored: string): Promise<TestObject[]> {
    const all = [...(await objects.list(snapshots)), ...(await objects.list(contents))];
    return all.filter(
      ({ metadata }) =>
        metadata.labels?.['velero.io/restore-name'] === `${restored}-${run}` &&
        metadata.deletionTimestamp === undefined,
    );
  }

  beforeAll(async () => {
    ({ cluster } = node());
    objects = new ClusterObjects(cluster);
    await objects.createNamespaces(source);
    await objects.create(claim('now', 'disk-immediate'), claim('late', 'disk'));
    const write = 'for one in now late; do head -c 1000000 /dev/urandom > /$one/file; done';
    await objects.create(pod('writer', `${write}; ${sums}`));
    written = await printed('writer', source);
    await backUp();
    await gone(source);
  }, 120_000);

  afterAll(async () => {
    for (const namespace of [source, copy, standby]) {
      await objects.delete('namespaces', namespace).catch(() => {});
    }
    for (const { metadata, spec } of await objects.list(contents)) {
      if (!Object.values(handles).includes(spec.source.snapshotHandle)) continue;
      await objects.merge(contents, metadata.name, undefined, { spec: { deletionPolicy: 'Delete' } });
      await objects.delete(contents, metadata.name);
    }
  }, 60_000);

  it('brings every byte back in place, and leaves no snapshot object behind', async () => {
    const result: RunResult = await restore(job('back'));
    expect({ ...result, said: await rig.results(`back-${run}`) }).toMatchObject({ phase: 'Completed' });
    expect(await printed('reader', source)).toBe(written);
    expect(await outcomeOf('back', 'now')).toMatchObject({
      outcome: 'created',
      reason: expect.stringContaining(`its data comes from snapshot ${handles.now} of driver disk.csi.test`),
      snapshot: { handle: handles.now, restored: true },
    });
    expect(await helpers('back')).toEqual([]);
  }, 120_000);

  it('fills the claims of a copy from the same snapshots, and leaves claims alone that exist', async () => {
    const { warnings } = await restore(job('copy', {}, { namespaceMapping: { [source]: copy } }));
    expect(await printed('reader', copy)).toBe(written);
    expect({ warnings, left: await helpers('copy') }).toEqual({ warnings: 0, left: [] });
    const before = await objects.merge(claims, 'now', copy, { metadata: { labels: { changed: 'yes' } } });
    await restore(
      job('again', { conflicts: { policy: 'replace' } }, { namespaceMapping: { [source]: copy } }),
    );
    expect((await objects.get(claims, 'now', copy)).metadata.uid).toBe(before.metadata.uid);
    expect(await outcomeOf('again', 'now')).toMatchObject({
      outcome: 'updated',
      reason: 'metadata.labels.changed; its data is not replaced, since the claim exists',
    });
    expect(await helpers('again')).toEqual([]);
    await Promise.all([source, copy].map(gone));
  }, 120_000);

  it('keeps the objects of a claim that waits for a pod, and says so', async () => {
    const { phase } = await restore(
      job('standby', { transforms: { passive: true } }, { namespaceMapping: { [source]: standby } }),
    );
    expect(phase).toBe('Completed');
    const { warnings } = await rig.results(`standby-${run}`);
    expect(warnings.namespaces?.[standby]).toEqual([
      expect.stringMatching(
        /late: it is not bound yet: its class waits for a pod that mounts it; delete VolumeSnapshot/,
      ),
    ]);
    expect((await helpers('standby')).map(({ kind }) => kind).sort()).toEqual([
      'VolumeSnapshot',
      'VolumeSnapshotContent',
    ]);
    await objects.create(pod('reader', sums, standby));
    expect(await printed('reader', standby)).toBe(written);
  }, 120_000);

  it('brings no snapshot that neither the state has nor a person named', async () => {
    const foreign = { ...job('foreign'), recordedSnapshots: async () => [] };
    expect(await restore(foreign)).toMatchObject({ phase: 'PartiallyFailed', errors: 2 });
    expect(await outcomeOf('foreign', 'now')).toMatchObject({
      reason: expect.stringContaining(`name it with --snapshot-handle ${source}/now=${handles.now}`),
      snapshot: { handle: handles.now, driver: 'disk.csi.test', restored: false },
    });
    expect(await helpers('foreign')).toEqual([]);
  }, 60_000);
});
