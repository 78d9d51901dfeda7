import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { restore } from '../../shared/operations/restore/restore';
import { checkVault } from '../checker/check-vault';
import { expectVeleroCanRead } from '../checker/expect-velero-can-read';
import { describeWithRealClusters } from '../harness/describe-with-real-cluster';
import { BackupRig } from '../shared/operations/backup/backup-rig';
import { connectTo, fixtures, RestoreRig } from '../shared/operations/restore/restore-rig';

const sources = ['shop.yaml', 'custom.yaml'];

describeWithRealClusters('a backup of ours, restored', ['current', 'current'], (clusters) => {
  const rig = new RestoreRig();
  let backups: BackupRig;
  let first: Cluster;
  let second: Cluster;
  beforeAll(async () => {
    backups = await BackupRig.start();
    first = await connectTo(clusters()[0]!.kubeconfig, 'first');
    second = await connectTo(clusters()[1]!.kubeconfig, 'second');
  });
  afterAll(async () => {
    first?.close();
    second?.close();
    await backups?.stop();
  });

  it('comes back in place after its namespaces were deleted, and in a second cluster', async () => {
    const [home] = clusters();
    for (const source of sources) {
      const text = readFileSync(join(fixtures, 'source', source), 'utf8');
      await home!.create(text).catch((error) => {
        // Custom resources may come before their CRD is served: a second time they are there.
        if (!String(error).includes('no matches for kind')) throw error;
      });
    }
    await home!.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
    await home!.kubectl('apply', '-f', join(fixtures, 'source', 'custom.yaml'));
    const spec = { includedNamespaces: ['shop', 'shop-jobs'] };
    const { result } = await backups.backUp(first, 'shop-1', spec);
    // An annotation asks for the data of a volume, which is not backed up yet: the backup says so.
    expect(result.phase).toBe('PartiallyFailed');
    await expectVeleroCanRead(backups.vault, 'shop-1');

    // One of them has a finalizer that no controller takes away here.
    const bare = '{"metadata":{"finalizers":null}}';
    for (const coupon of (await home!.kubectl('-n', 'shop', 'get', 'coupons', '-o', 'name'))
      .trim()
      .split('\n')) {
      await home!.kubectl('-n', 'shop', 'patch', coupon, '--type=merge', '-p', bare);
    }
    await home!.kubectl('delete', 'namespace', 'shop', 'shop-jobs', '--timeout=90s');
    const job = (cluster: Cluster, name: string) =>
      rig.job(cluster, name, { backupName: 'shop-1' }, { vault: backups.vault });
    const inPlace = await restore(job(first, 'in-place'));
    expect(inPlace).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0 });
    const again = await restore(job(first, 'again'));
    expect(again).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0 });
    expect(again.counts).not.toHaveProperty('created');
    expect(again.counts.same).toBeGreaterThanOrEqual(inPlace.counts.created!);

    const elsewhere = await restore(job(second, 'elsewhere'));
    expect(elsewhere).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0 });
    const kinds =
      'deployments,statefulsets,services,configmaps,secrets,ingresses,cronjobs,roles,rolebindings,coupons,pvc';
    const list = (index: number) =>
      clusters()
        [index]!.kubectl('get', kinds, '-n', 'shop', '-o', 'name')
        .then((text) => text.split('\n').sort());
    expect(await list(1)).toEqual(await list(0));
    // The records of the restores, too, have to lie there as Velero would have left them.
    expect(await checkVault(backups.vault)).toEqual([]);
  }, 180_000);
});
