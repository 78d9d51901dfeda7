import { describe, expect, it } from '@jest/globals';
import { ClaimAccount } from '../../../../shared/operations/backup/claims';
import type { KubeObject } from '../../../../shared/platform/kubernetes/kube-object';
import type { BackupSpec, BackupVolumeInfo, Results } from '../../../../shared/formats/manifests/velero';
import { systemClock } from '../../../../shared/platform/system';
import { ResultsCollector } from '../../../../shared/formats/vault/side-files/results';
import { RunLog } from '../../../../shared/formats/vault/side-files/run-log';

const claim: KubeObject = {
  metadata: { name: 'data-db-0', namespace: 'shop' },
  spec: { volumeName: 'pv-1' },
  status: { phase: 'Bound' },
};
const volume: KubeObject = {
  metadata: { name: 'pv-1', labels: { zone: 'a' } },
  spec: { persistentVolumeReclaimPolicy: 'Retain', claimRef: { namespace: 'shop', name: 'data-db-0' } },
};

function pod(annotations: Record<string, string>, volumes: object[]): KubeObject {
  return { metadata: { name: 'db-0', namespace: 'shop', annotations }, spec: { volumes } };
}
const dataVolume = { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } };

function settle(
  spec: BackupSpec,
  ...calls: ((account: ClaimAccount) => void)[]
): { infos: BackupVolumeInfo[]; results: Results } {
  const account = new ClaimAccount(spec);
  for (const call of calls) call(account);
  const results = new ResultsCollector();
  const infos = account.settle(new RunLog({ clock: systemClock, results }));
  return { infos, results: results.results() };
}

const stored = (account: ClaimAccount) => {
  account.claim(claim);
  account.volume(volume);
};

describe('claims without data', () => {
  it('are named in volumeinfo and in a warning', () => {
    const { infos, results } = settle({}, stored);
    expect(infos).toEqual([
      {
        pvcName: 'data-db-0',
        pvcNamespace: 'shop',
        pvName: 'pv-1',
        snapshotDataMoved: false,
        preserveLocalSnapshot: false,
        skipped: true,
        skippedReason: expect.stringContaining('volume data'),
        pvInfo: { reclaimPolicy: 'Retain', labels: { zone: 'a' } },
      },
    ]);
    expect(results.errors).toEqual({});
    expect(results.warnings.namespaces?.shop).toEqual([expect.stringContaining('claim shop/data-db-0')]);
  });

  it('are errors when the annotation of a pod asked for their data', () => {
    const asking = pod({ 'backup.velero.io/backup-volumes': 'cache, data' }, [dataVolume]);
    const { infos, results } = settle({}, (account) => account.pod(asking), stored);
    expect(results.errors.namespaces?.shop).toEqual([expect.stringMatching(/shop\/data-db-0.*pod db-0/)]);
    expect(results.warnings).toEqual({});
    expect(infos).toHaveLength(1);
  });

  it('are errors when snapshotVolumes is true, and warnings when it is false or unset', () => {
    expect(settle({ snapshotVolumes: true }, stored).results.errors.namespaces?.shop).toHaveLength(1);
    expect(settle({ snapshotVolumes: false }, stored).results.errors).toEqual({});
  });

  it('are errors under defaultVolumesToFsBackup, unless the pod opts out', () => {
    const spec = { defaultVolumesToFsBackup: true };
    const out = pod({ 'backup.velero.io/backup-volumes-excludes': 'data' }, [dataVolume]);
    expect(
      settle(spec, (account) => account.pod(pod({}, [dataVolume])), stored).results.errors.namespaces?.shop,
    ).toHaveLength(1);
    expect(settle(spec, (account) => account.pod(out), stored).results.errors).toEqual({});
  });

  it('are errors even when the claim itself is not in the backup', () => {
    const asking = pod({ 'backup.velero.io/backup-volumes': 'data' }, [dataVolume]);
    const { infos, results } = settle({}, (account) => account.pod(asking));
    expect(results.errors.namespaces?.shop).toHaveLength(1);
    expect(infos).toEqual([]);
  });

  it('may be ephemeral, named after their pod', () => {
    const asking = pod({ 'backup.velero.io/backup-volumes': 'scratch' }, [
      { name: 'scratch', ephemeral: {} },
    ]);
    expect(settle({}, (account) => account.pod(asking)).results.errors.namespaces?.shop?.[0]).toContain(
      'shop/db-0-scratch',
    );
  });
});

describe('volumes of pods that are no claims', () => {
  it('are errors when asked for by name, and by default only where files can be backed up', () => {
    const volumes = [
      { name: 'cache', emptyDir: {} },
      { name: 'config', configMap: { name: 'c' } },
    ];
    const named = pod({ 'backup.velero.io/backup-volumes': 'cache' }, volumes);
    expect(settle({}, (account) => account.pod(named)).results.errors.namespaces?.shop?.[0]).toContain(
      'volume cache of pod shop/db-0',
    );
    const byDefault = settle({ defaultVolumesToFsBackup: true }, (account) => account.pod(pod({}, volumes)));
    expect(byDefault.results.errors.namespaces?.shop).toHaveLength(1);
  });
});

describe('volumes without a claim in the backup', () => {
  it('are named too, among the messages of cluster-scoped objects', () => {
    const { infos, results } = settle({}, (account) => account.volume(volume));
    expect(infos).toEqual([
      expect.objectContaining({ pvName: 'pv-1', pvcName: 'data-db-0', pvcNamespace: 'shop', skipped: true }),
    ]);
    expect(results.warnings.cluster).toEqual([expect.stringContaining('claim shop/data-db-0')]);
  });
});
