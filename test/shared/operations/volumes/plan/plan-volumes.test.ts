import { describe, expect, it } from '@jest/globals';
import { planVolumes } from '../../../../../shared/operations/volumes/plan/plan-volumes';
import type { PlannedVolume } from '../../../../../shared/operations/volumes/plan/planned-volume';
import type { VolumeFacts } from '../../../../../shared/operations/volumes/plan/volume-facts';
import type { VolumeSpec } from '../../../../../shared/operations/volumes/plan/volume-spec';
import type { VolumePolicy } from '../../../../../shared/formats/manifests/velero-resource-policies';
import { boundClaim, csiVolume, driver, factsOf, mount, podFacts, snapshotClass } from './facts';

const asks = (names: string) => ({ 'backup.velero.io/backup-volumes': names });
const excludes = (names: string) => ({ 'backup.velero.io/backup-volumes-excludes': names });
const dbWith = (annotations: Record<string, string>, phase = 'Running') =>
  factsOf({ pods: [podFacts('db-0', [mount('data', 'data-db-0')], { annotations, phase })] });
const policies = (...volumePolicies: VolumePolicy[]): VolumeSpec => ({
  resourcePolicies: { version: 'v1', volumePolicies },
});

function only(facts: VolumeFacts, spec: VolumeSpec = {}): PlannedVolume {
  const planned = planVolumes(facts, spec);
  expect(planned).toHaveLength(1);
  return planned[0]!;
}

describe('a claim of which nothing is said', () => {
  it('has a snapshot where its driver has a class, and nobody asked for it', () => {
    expect(only(factsOf())).toEqual({
      namespace: 'shop',
      claim: 'data-db-0',
      pv: 'pv-data-db-0',
      mounts: [{ pod: 'db-0', volume: 'data' }],
      method: 'snapshot',
      reason: 'class disk, the only class of the driver',
      asked: false,
      snapshotClass: 'disk',
      driver,
    });
  });

  it('has a snapshot without a pod that mounts it', () => {
    expect(only(factsOf({ pods: [] }))).toMatchObject({ method: 'snapshot', mounts: [] });
  });

  it.each<[string, Partial<VolumeFacts>, string]>([
    [
      'a driver without a class',
      { snapshotClasses: { classes: [snapshotClass('nas', { driver: 'nas.csi.test' })] } },
      `driver ${driver} has no VolumeSnapshotClass`,
    ],
    [
      'a driver with several classes of which none is marked',
      { snapshotClasses: { classes: [snapshotClass('b'), snapshotClass('a')] } },
      `driver ${driver} has 2 VolumeSnapshotClasses (a, b) and none is marked`,
    ],
    [
      'classes that may not be read',
      { snapshotClasses: { unavailable: 'the credentials may not list VolumeSnapshotClasses' } },
      'the credentials may not list VolumeSnapshotClasses',
    ],
    [
      'a volume that no driver made',
      { volumes: [{ name: 'pv-data-db-0', source: 'nfs', nfs: { server: 's', path: '/' } }] },
      'volume pv-data-db-0 is of type nfs, which has no snapshots',
    ],
    ['a volume that could not be read', { volumes: [] }, 'PersistentVolume pv-data-db-0 could not be read'],
    [
      'no volume',
      { claims: [{ namespace: 'shop', name: 'data-db-0', phase: 'Pending' }] },
      'the claim is not bound to a volume, so it has no data',
    ],
    [
      'a volume that is gone',
      { claims: [boundClaim('data-db-0', { phase: 'Lost' })] },
      'the claim is Lost: PersistentVolume pv-data-db-0 is gone, and its data with it',
    ],
    [
      'a volume that it waits for',
      { claims: [boundClaim('data-db-0', { phase: 'Pending' })] },
      'the claim is not bound to a volume, so it has no data',
    ],
    ['a name that no claim has', { claims: [] }, 'the claim was not found in the cluster'],
  ])('is skipped with a warning where it has %s', (_, more, reason) => {
    const planned = only(factsOf(more));
    expect(planned).toMatchObject({ method: 'skip', asked: false, reason: expect.stringContaining(reason) });
    expect(planned.noWarning).toBeUndefined();
  });
});

describe('snapshotVolumes', () => {
  it('true asks for the data of every claim that has any', () => {
    expect(only(factsOf(), { snapshotVolumes: true })).toMatchObject({ method: 'snapshot', asked: true });
    const none = factsOf({ snapshotClasses: { classes: [] } });
    expect(only(none, { snapshotVolumes: true })).toMatchObject({ method: 'skip', asked: true });
    const unbound = factsOf({ claims: [{ namespace: 'shop', name: 'data-db-0', phase: 'Pending' }] });
    expect(only(unbound, { snapshotVolumes: true })).toMatchObject({ method: 'skip', asked: false });
    const lost = factsOf({ claims: [boundClaim('data-db-0', { phase: 'Lost' })] });
    expect(only(lost, { snapshotVolumes: true })).toMatchObject({ method: 'skip', asked: true });
  });

  it('false means none, also where a policy says snapshot', () => {
    expect(only(factsOf(), { snapshotVolumes: false })).toMatchObject({
      method: 'skip',
      asked: false,
      reason: 'snapshotVolumes is false',
    });
    const spec = { ...policies({ conditions: {}, action: { type: 'snapshot' } }), snapshotVolumes: false };
    expect(only(factsOf(), spec)).toMatchObject({
      method: 'skip',
      asked: false,
      reason: 'volume policy 1 says snapshot; snapshotVolumes is false',
    });
  });

  it('false leaves copies of files alone', () => {
    expect(only(dbWith(asks('data')), { snapshotVolumes: false })).toMatchObject({
      method: 'files',
      asked: true,
    });
  });
});

describe('annotations of pods', () => {
  it('ask for files by the name of the volume or of the claim, and the reason says by which', () => {
    const prefix = 'annotation backup.velero.io/backup-volumes of pod db-0 names its';
    expect(only(dbWith(asks('cache, data')))).toMatchObject({
      method: 'files',
      asked: true,
      reason: `${prefix} volume data`,
    });
    expect(only(dbWith(asks('data-db-0')))).toMatchObject({
      method: 'files',
      asked: true,
      reason: `${prefix} claim data-db-0`,
    });
  });

  it('mean the volume where one volume is called as the claim of another', () => {
    const pod = podFacts('db-0', [mount('data', 'logs'), { name: 'logs', source: 'emptyDir' }], {
      annotations: asks('logs'),
    });
    const planned = planVolumes(
      factsOf({ pods: [pod], claims: [boundClaim('logs')], volumes: [csiVolume('pv-logs')] }),
      {},
    );
    expect(planned.map(({ claim, method }) => [claim, method])).toEqual([
      ['logs', 'snapshot'],
      [undefined, 'files'],
    ]);
  });

  it('exclude from copies of files alone: a snapshot is taken all the same, as in Velero', () => {
    const planned = only(dbWith(excludes('data')), { defaultVolumesToFsBackup: true });
    expect(planned).toMatchObject({ method: 'snapshot', asked: false });
    expect(planned.reason).toContain('backup-volumes-excludes of pod db-0 names its volume data');
  });

  it('of pods that have ended say nothing', () => {
    expect(only(dbWith(asks('data'), 'Succeeded'))).toMatchObject({ method: 'snapshot', asked: false });
    expect(only(dbWith({}, 'Failed'), { defaultVolumesToFsBackup: true })).toMatchObject({
      method: 'snapshot',
    });
  });

  it('contradict each other: the one that asks wins, and the reason says so', () => {
    const pods = [
      podFacts('a', [mount('v', 'data-db-0')], { annotations: excludes('v') }),
      podFacts('b', [mount('w', 'data-db-0')], { annotations: asks('w') }),
    ];
    for (const order of [pods, [...pods].reverse()]) {
      const planned = only(factsOf({ pods: order }));
      expect(planned).toMatchObject({ method: 'files', asked: true });
      expect(planned.reason).toMatch(/of pod b names its volume w; .*-excludes of pod a .*a request wins/);
    }
    const byDefault = only(factsOf({ pods: [pods[0]!, podFacts('b', [mount('w', 'data-db-0')])] }), {
      defaultVolumesToFsBackup: true,
    });
    expect(byDefault.reason).toMatch(/^defaultVolumesToFsBackup; .*pod a.*a request wins/);
  });
});

describe('one claim that several pods mount', () => {
  it('has one entry that names them all', () => {
    const pods = [podFacts('a', [mount('v', 'data-db-0')]), podFacts('b', [mount('w', 'data-db-0')])];
    expect(only(factsOf({ pods })).mounts).toEqual([
      { pod: 'a', volume: 'v' },
      { pod: 'b', volume: 'w' },
    ]);
  });
});

describe('volumes of pods without a claim', () => {
  const plan = (
    source: string,
    {
      annotations,
      phase,
      ...spec
    }: VolumeSpec & { annotations?: Record<string, string>; phase?: string } = {},
    name = 'v',
  ) =>
    only(
      factsOf({
        claims: [],
        pods: [podFacts('web-0', [{ name, source }], { annotations, phase: phase ?? 'Running' })],
      }),
      spec,
    );

  it('are copied where somebody asks, and otherwise left out without a warning', () => {
    expect(plan('emptyDir')).toMatchObject({ method: 'skip', asked: false, noWarning: true });
    expect(plan('emptyDir', { annotations: asks('v') })).toMatchObject({ method: 'files', asked: true });
    expect(plan('emptyDir', { defaultVolumesToFsBackup: true })).toMatchObject({
      method: 'files',
      asked: true,
    });
    expect(plan('emptyDir', { defaultVolumesToFsBackup: true, annotations: excludes('v') })).toMatchObject({
      method: 'skip',
      asked: false,
      noWarning: true,
    });
    expect(plan('emptyDir', { annotations: asks('v'), phase: 'Succeeded' })).toMatchObject({
      method: 'skip',
      reason: 'the pod has ended',
      noWarning: true,
    });
  });

  it.each(['hostPath', 'secret', 'configMap', 'projected', 'downwardAPI', 'image'])(
    'of type %s are never copied',
    (source) => {
      const everything = {
        ...policies({ conditions: {}, action: { type: 'fs-backup' as const } }),
        defaultVolumesToFsBackup: true,
      };
      expect(plan(source, everything)).toMatchObject({ method: 'skip', asked: false, noWarning: true });
      const asked = plan(source, { annotations: asks('v') });
      expect(asked).toMatchObject({ method: 'skip', asked: source === 'hostPath' });
      expect(asked.noWarning).toBeUndefined();
    },
  );

  it('that mount the token of a service account are never copied', () => {
    expect(plan('emptyDir', { defaultVolumesToFsBackup: true }, 'default-token-x7')).toMatchObject({
      method: 'skip',
      noWarning: true,
    });
  });

  it('have no snapshots, whatever a policy says', () => {
    expect(plan('emptyDir', policies({ conditions: {}, action: { type: 'snapshot' } }))).toMatchObject({
      method: 'skip',
      reason: 'volume policy 1 says snapshot, and only claims have snapshots',
    });
  });
});

describe('volume policies', () => {
  it('go before annotations, as in Velero', () => {
    const snapshot = policies({ conditions: {}, action: { type: 'snapshot' } });
    expect(only(dbWith(asks('data')), snapshot)).toMatchObject({ method: 'snapshot', asked: true });
    const files = policies({ conditions: {}, action: { type: 'fs-backup' } });
    expect(only(factsOf({ pods: [] }), files)).toMatchObject({
      method: 'files',
      asked: true,
      reason: 'volume policy 1 says fs-backup',
    });
  });

  it('that skip need no warning, unless an annotation asks for the data', () => {
    const skip = policies({ conditions: {}, action: { type: 'skip' } });
    expect(only(factsOf(), skip)).toMatchObject({ method: 'skip', asked: false, noWarning: true });
    const contradicted = only(dbWith(asks('data')), skip);
    expect(contradicted).toMatchObject({ method: 'skip', asked: false });
    expect(contradicted.reason).toMatch(/^volume policy 1 says skip, although annotation .* of pod db-0/);
    expect(contradicted.noWarning).toBeUndefined();
  });

  it('ask for data, so that a volume without a way is an error', () => {
    const facts = factsOf({ snapshotClasses: { classes: [] } });
    expect(only(facts, policies({ conditions: {}, action: { type: 'snapshot' } }))).toMatchObject({
      method: 'skip',
      asked: true,
    });
  });

  it('may name the class', () => {
    const facts = factsOf({ snapshotClasses: { classes: [snapshotClass('a'), snapshotClass('b')] } });
    const spec = policies({
      conditions: {},
      action: { type: 'snapshot', parameters: { snapshotClass: 'b' } },
    });
    expect(only(facts, spec)).toMatchObject({ method: 'snapshot', snapshotClass: 'b' });
  });
});
