import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { VolumePolicy } from '../../../../../shared/formats/manifests/velero-resource-policies';
import { planVolumes } from '../../../../../shared/operations/volumes/plan/plan-volumes';
import type { VolumeFacts } from '../../../../../shared/operations/volumes/plan/volume-facts';
import type { VolumeSpec } from '../../../../../shared/operations/volumes/plan/volume-spec';

const name = fc.constantFrom('a', 'b', 'c', 'constructor');
const namespace = fc.constantFrom('x', 'y');
const annotations = fc.option(
  fc.dictionary(
    fc.constantFrom('backup.velero.io/backup-volumes', 'backup.velero.io/backup-volumes-excludes'),
    fc.array(name).map((names) => names.join(',')),
  ),
  { nil: undefined },
);
const podVolume = fc.oneof(
  fc.record({
    name,
    source: fc.constantFrom('emptyDir', 'hostPath', 'secret', 'projected', 'nfs'),
  }),
  fc.record({ name, source: fc.constant('persistentVolumeClaim'), claim: name }),
);
const pod = fc.record({
  namespace,
  name,
  annotations,
  phase: fc.constantFrom('Running', 'Pending', 'Succeeded', undefined),
  volumes: fc.uniqueArray(podVolume, { selector: (volume) => volume.name }),
});
const claim = fc.record({
  namespace,
  name,
  phase: fc.constantFrom('Bound', 'Pending', 'Lost', undefined),
  volumeName: fc.constantFrom('p1', 'p2', undefined),
});
const facts: fc.Arbitrary<VolumeFacts> = fc.record({
  pods: fc.uniqueArray(pod, { selector: (one) => `${one.namespace}/${one.name}` }),
  claims: fc.uniqueArray(claim, { selector: (one) => `${one.namespace}/${one.name}` }),
  volumes: fc.subarray([
    { name: 'p1', source: 'csi', csi: { driver: 'd' }, capacity: '1Gi' },
    { name: 'p2', source: 'nfs', nfs: { server: 's', path: '/' } },
  ]),
  snapshotClasses: fc.constantFrom<VolumeFacts['snapshotClasses']>(
    { classes: [{ name: 'k', driver: 'd' }] },
    { classes: [] },
    { unavailable: 'no' },
  ),
});
const policy: fc.Arbitrary<VolumePolicy> = fc.record({
  conditions: fc.constantFrom<VolumePolicy['conditions']>(
    {},
    { capacity: ',2Gi' },
    { nfs: {} },
    { pvcPhase: ['Pending'] },
    { volumeTypes: ['emptyDir'] },
  ),
  action: fc.record({ type: fc.constantFrom('skip', 'fs-backup', 'snapshot') }),
});
const spec: fc.Arbitrary<VolumeSpec> = fc.record({
  snapshotVolumes: fc.constantFrom(true, false, undefined),
  defaultVolumesToFsBackup: fc.constantFrom(true, false, undefined),
  resourcePolicies: fc.option(
    fc.array(policy).map((volumePolicies) => ({ version: 'v1', volumePolicies })),
    { nil: undefined },
  ),
});

describe('the plan of volumes', () => {
  it('has exactly one entry for every claim and for every volume of a pod without a claim', () => {
    fc.assert(
      fc.property(facts, spec, (given, wanted) => {
        const planned = planVolumes(given, wanted);
        const claims = new Set(given.claims.map((one) => `${one.namespace}/${one.name}`));
        const others: string[] = [];
        for (const one of given.pods) {
          for (const volume of one.volumes) {
            if ('claim' in volume) claims.add(`${one.namespace}/${volume.claim}`);
            else others.push(`${one.namespace}/${one.name}/${volume.name}`);
          }
        }
        expect(
          planned.filter((one) => one.claim !== undefined).map((one) => `${one.namespace}/${one.claim}`),
        ).toEqual([...claims].sort());
        expect(
          planned
            .filter((one) => one.claim === undefined)
            .map((one) => `${one.namespace}/${one.mounts[0]!.pod}/${one.mounts[0]!.volume}`),
        ).toEqual(others);
        const mounts = planned.reduce((sum, one) => sum + one.mounts.length, 0);
        expect(mounts).toBe(given.pods.reduce((sum, one) => sum + one.volumes.length, 0));
      }),
    );
  });

  it('says why, and names a class and a driver exactly where there is to be a snapshot', () => {
    fc.assert(
      fc.property(facts, spec, (given, wanted) => {
        for (const one of planVolumes(given, wanted)) {
          expect(one.reason).not.toBe('');
          expect(one.snapshotClass !== undefined).toBe(one.method === 'snapshot');
          expect(one.driver !== undefined).toBe(one.method === 'snapshot');
          expect(one.asked && one.noWarning === true).toBe(false);
        }
      }),
    );
  });

  it('has no snapshot where snapshotVolumes is false', () => {
    fc.assert(
      fc.property(facts, spec, (given, wanted) => {
        const planned = planVolumes(given, { ...wanted, snapshotVolumes: false });
        expect(planned.filter(({ method }) => method === 'snapshot')).toEqual([]);
      }),
    );
  });

  it('is decided by the first policy that matches alone', () => {
    fc.assert(
      fc.property(facts, spec, fc.array(policy), policy, (given, wanted, later, first) => {
        const all: VolumePolicy = { ...first, conditions: {} };
        const plan = (volumePolicies: VolumePolicy[]) =>
          planVolumes(given, { ...wanted, resourcePolicies: { version: 'v1', volumePolicies } });
        expect(plan([all, ...later])).toEqual(plan([all]));
      }),
    );
  });

  it('does not depend on the order of the pods but for the order of mounts', () => {
    fc.assert(
      fc.property(facts, spec, (given, wanted) => {
        const methods = (of: VolumeFacts) =>
          planVolumes(of, wanted)
            .map(({ namespace: ns, claim: one, mounts, method, asked }) =>
              JSON.stringify([ns, one ?? mounts, method, asked]),
            )
            .sort();
        expect(methods({ ...given, pods: [...given.pods].reverse() })).toEqual(methods(given));
      }),
    );
  });
});
