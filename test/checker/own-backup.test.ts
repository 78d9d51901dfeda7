import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { BackupRequest } from '../../shared/formats/manifests/run';
import type { BackupSpec } from '../../shared/formats/manifests/velero';
import { BackupRig, connected } from '../shared/operations/backup/backup-rig';
import { checkVault } from './check-vault';
import { expectVeleroCanRead } from './expect-velero-can-read';

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: coupons.shop.example.com}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {plural: coupons, singular: coupon, kind: Coupon}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-data}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}, claimRef: {namespace: shop, name: data}, persistentVolumeReclaimPolicy: Retain, storageClassName: manual}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-free}
spec: {capacity: {storage: 2Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /free}, persistentVolumeReclaimPolicy: Delete, storageClassName: manual}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: manual, volumeName: pv-data, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: waiting, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: other, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}, annotations: {backup.velero.io/backup-volumes: data}}
spec:
  serviceAccountName: web
  containers: [{name: db, image: db}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop, labels: {app: web}}
data: {html: "<a href='?a&b'>\\u2028</a>", long: "${'x'.repeat(2_000)}"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ${`n${'a'.repeat(230)}`}, namespace: shop}
---
apiVersion: shop.example.com/v1
kind: Coupon
metadata: {name: spring, namespace: shop}
spec: {serial: 9007199254740993}
`;

describe('a backup of ours', () => {
  let rig: BackupRig;
  let sandbox: SandboxCluster;
  let cluster: Cluster;
  beforeAll(async () => {
    rig = await BackupRig.start();
    sandbox = await startSandboxCluster({ name: 'a' });
    await sandbox.load(shop);
    await sandbox.settled();
    cluster = await connected('a', sandbox.kubeconfig);
  });
  afterAll(async () => {
    cluster?.close();
    await sandbox?.close();
    await rig?.stop();
  });

  it.each<[name: string, phase: string, spec: BackupSpec, more?: Partial<BackupRequest>]>([
    ['namespace', 'PartiallyFailed', { includedNamespaces: ['shop'] }],
    ['everything', 'PartiallyFailed', { includedNamespaces: ['*'], includeClusterResources: true }],
    ['labels', 'Completed', { includedNamespaces: ['*'], labelSelector: { matchLabels: { app: 'web' } } }],
    // A schedule's backup is made though a filter matches nothing; one that a person asks for is not.
    [
      'gone',
      'PartiallyFailed',
      { includedNamespaces: ['shop', 'not-there'] },
      { schedule: { name: 'hourly', slot: '2026-09-01T02:00:00Z' } },
    ],
    [
      'resources',
      'Completed',
      { includedNamespaces: ['shop'], includedResources: ['configmaps', 'coupons'], ttl: '36h' },
    ],
    [
      'scoped',
      'Completed',
      {
        includedNamespaces: ['shop'],
        includedClusterScopedResources: ['*'],
        includedNamespaceScopedResources: ['configmaps'],
      },
    ],
    [
      'nothing',
      'PartiallyFailed',
      { includedNamespaces: ['shop'], labelSelector: { matchLabels: { app: 'no' } } },
      { schedule: { name: 'hourly', slot: '2026-09-01T03:00:00Z' } },
    ],
  ])('is what Velero would have written: %s', async (name, phase, spec, more = {}) => {
    const { result } = await rig.backUp(cluster, name, spec, more);
    expect(result.phase).toBe(phase);
    await expectVeleroCanRead(rig.vault, name);
  });

  it('leaves a vault that Velero accepts as a whole', async () => {
    expect(await checkVault(rig.vault)).toEqual([]);
  });
});
