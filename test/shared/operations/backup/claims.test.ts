import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { ClaimAccount } from '../../../../shared/operations/backup/claims';
import type { PlannedVolume, VolumeOutcome } from '../../../../shared/operations/volumes/plan/planned-volume';
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
  return settlePlan(spec, undefined, ...calls);
}

function settlePlan(
  spec: BackupSpec,
  outcomes: readonly VolumeOutcome[] | undefined,
  ...calls: ((account: ClaimAccount) => void)[]
): { infos: BackupVolumeInfo[]; results: Results; log: string } {
  const account = new ClaimAccount(spec, outcomes);
  for (const call of calls) call(account);
  const results = new ResultsCollector();
  const log = new RunLog({ clock: systemClock, results });
  const infos = account.settle(log);
  return { infos, results: results.results(), log: gunzipSync(log.gzip()).toString() };
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
        skippedReason: 'the cluster serves no VolumeSnapshots (snapshot.storage.k8s.io)',
        pvInfo: { reclaimPolicy: 'Retain', labels: { zone: 'a' } },
      },
    ]);
    expect(results.errors).toEqual({});
    expect(results.warnings.namespaces?.shop).toEqual([expect.stringContaining('claim shop/data-db-0')]);
  });

  it('say why: the backup wants none, or files are not copied', () => {
    expect(settle({ snapshotVolumes: false }, stored).infos).toMatchObject([
      { skippedReason: 'snapshotVolumes is false' },
    ]);
    const asking = pod({ 'backup.velero.io/backup-volumes': 'data' }, [dataVolume]);
    expect(
      settle({ snapshotVolumes: false }, (account) => account.pod(asking), stored).results.errors.namespaces
        ?.shop,
    ).toEqual([expect.stringContaining('Lifeboat does not copy the files of volumes yet')]);
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

describe('claims of a plan', () => {
  const planned = (more: Partial<PlannedVolume> = {}): PlannedVolume => ({
    namespace: 'shop',
    claim: 'data-db-0',
    pv: 'pv-1',
    mounts: [{ pod: 'db-0', volume: 'data' }],
    method: 'snapshot',
    reason: 'class disk, the only class of the driver',
    asked: false,
    snapshotClass: 'disk',
    driver: 'disk.csi.test',
    ...more,
  });
  const skipped = (more: Partial<PlannedVolume> = {}) =>
    planned({
      method: 'skip',
      reason: 'driver x has no class',
      snapshotClass: undefined,
      driver: undefined,
      ...more,
    });
  const saved: VolumeOutcome['saved'] = {
    method: 'snapshot',
    handle: 'snap-1',
    driver: 'disk.csi.test',
    contentName: 'snapcontent-1',
    snapshotName: 'velero-data-db-0-x7cz4',
    size: 21_474_836_480,
    readyToUse: true,
    startedAt: new Date('2026-11-22T20:58:32.250Z'),
    endedAt: new Date('2026-11-22T20:58:33.750Z'),
  };

  it('that have a snapshot are in volumeinfo as Velero 1.18 writes them, and no warning names them', () => {
    const { infos, results, log } = settlePlan({}, [{ volume: planned(), saved }], stored);
    expect(infos).toEqual([
      {
        pvcName: 'data-db-0',
        pvcNamespace: 'shop',
        pvName: 'pv-1',
        backupMethod: 'CSISnapshot',
        snapshotDataMoved: false,
        preserveLocalSnapshot: true,
        skipped: false,
        startTimestamp: '2026-11-22T20:58:32Z',
        completionTimestamp: '2026-11-22T20:58:33Z',
        result: 'succeeded',
        csiSnapshotInfo: {
          snapshotHandle: 'snap-1',
          size: 21_474_836_480,
          driver: 'disk.csi.test',
          vscName: 'snapcontent-1',
          operationID: 'shop/velero-data-db-0-x7cz4/2026-11-22T20:58:32Z',
          ReadyToUse: true,
        },
        pvInfo: { reclaimPolicy: 'Retain', labels: { zone: 'a' } },
      },
    ]);
    expect(results).toEqual({ errors: {}, warnings: {} });
    expect(log).toMatch(
      /level=info .*claim shop\/data-db-0 is in snapshot snap-1 .*21474836480 bytes, taken in 1\.5 s/,
    );
  });

  it('that have a snapshot are in volumeinfo even where the claim itself is not in the backup', () => {
    expect(settlePlan({}, [{ volume: planned(), saved }]).infos).toHaveLength(1);
  });

  it.each<[string, VolumeOutcome, string]>([
    ['the plan', { volume: skipped({ asked: true }) }, 'driver x has no class'],
    [
      'what happened',
      { volume: planned({ asked: true }), notSaved: 'the driver answered: never attached' },
      'the driver answered: never attached (planned: snapshot, class disk, the only class of the driver)',
    ],
    [
      'what is not built',
      { volume: skipped({ method: 'files', reason: 'defaultVolumesToFsBackup', asked: true }) },
      'Lifeboat does not copy the files of volumes yet (planned: files, defaultVolumesToFsBackup)',
    ],
  ])(
    'that somebody asked for and that are not saved are errors, with the reason of %s',
    (_, outcome, reason) => {
      const { infos, results } = settlePlan({}, [outcome], stored);
      expect(results.errors.namespaces?.shop).toEqual([
        expect.stringContaining(
          `the data of claim shop/data-db-0 was asked for and is not in the backup: ${reason}`,
        ),
      ]);
      expect(results.warnings).toEqual({});
      expect(infos).toEqual([
        expect.objectContaining({ pvName: 'pv-1', skipped: true, skippedReason: reason }),
      ]);
    },
  );

  it('that nobody asked for are warnings, unless the plan needs none', () => {
    const { results } = settlePlan({}, [{ volume: skipped() }], stored);
    expect(results).toEqual({
      errors: {},
      warnings: { namespaces: { shop: [expect.stringContaining('claim shop/data-db-0')] } },
    });
    const chosen = settlePlan({}, [{ volume: skipped({ noWarning: true }) }], stored);
    expect(chosen.results).toEqual({ errors: {}, warnings: {} });
    expect(chosen.infos).toHaveLength(1);
    expect(chosen.log).toContain('the data of claim shop/data-db-0 is not in the backup');
  });

  it('are judged by the plan alone, not by annotations that it has already weighed', () => {
    const asking = pod({ 'backup.velero.io/backup-volumes': 'data' }, [dataVolume]);
    const { results } = settlePlan(
      {},
      [{ volume: planned(), saved }],
      (account) => account.pod(asking),
      stored,
    );
    expect(results).toEqual({ errors: {}, warnings: {} });
  });

  it('leave none out: a claim and a volume that are not in the plan are named too', () => {
    const late = { ...claim, metadata: { name: 'late', namespace: 'shop' }, spec: { volumeName: 'pv-2' } };
    const { infos, results } = settlePlan({}, [{ volume: planned(), saved }], stored, (account) => {
      account.claim(late);
      account.volume({ metadata: { name: 'pv-3' }, spec: {} });
    });
    expect(infos.map(({ pvName, skipped: out }) => [pvName, out])).toEqual([
      ['pv-1', false],
      ['pv-2', true],
      ['pv-3', true],
    ]);
    expect(results.warnings.namespaces?.shop).toEqual([
      expect.stringContaining('claim shop/late is not in the backup: the claim was created while'),
    ]);
    expect(results.warnings.cluster).toEqual([expect.stringContaining('no claim of the backup is bound')]);
  });

  it('come with volumes of pods: asked for ones are errors and entries of their own, others say nothing', () => {
    const cache = (more: Partial<PlannedVolume>) => ({
      volume: { ...planned({ claim: undefined, pv: undefined, method: 'files', reason: 'asked', ...more }) },
    });
    const { infos, results } = settlePlan({}, [
      cache({ asked: true }),
      cache({ method: 'skip', noWarning: true }),
    ]);
    expect(results.errors.namespaces?.shop).toEqual([
      expect.stringContaining('the data of volume data of pod shop/db-0 was asked for'),
    ]);
    expect(results.warnings).toEqual({});
    expect(infos).toEqual([
      expect.objectContaining({
        skipped: true,
        pvbInfo: { volumeName: 'data', podName: 'db-0', podNamespace: 'shop' },
      }),
    ]);
  });
});
