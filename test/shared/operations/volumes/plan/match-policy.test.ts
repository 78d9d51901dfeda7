import { describe, expect, it } from '@jest/globals';
import type { VolumePolicy } from '../../../../../shared/formats/manifests/velero-resource-policies';
import { matchPolicy, type PolicySubject } from '../../../../../shared/operations/volumes/plan/match-policy';
import { boundClaim, csiVolume, driver, mount } from './facts';

const claim: PolicySubject = {
  claim: boundClaim('data', {
    labels: { app: 'db', tier: 'gold' },
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem',
  }),
  volume: csiVolume('pv-data', { csi: { driver, volumeAttributes: { type: 'essd', zone: 'a' } } }),
  podVolumes: [mount('data', 'data')],
};
const share: PolicySubject = {
  claim: boundClaim('share'),
  volume: { name: 'pv-share', source: 'nfs', nfs: { server: 'nas', path: '/team' }, capacity: '1Ti' },
  podVolumes: [],
};
const pending: PolicySubject = {
  claim: { namespace: 'shop', name: 'new', phase: 'Pending' },
  podVolumes: [],
};
const ephemeral: PolicySubject = {
  ...claim,
  podVolumes: [{ name: 'scratch', source: 'ephemeral', claim: 'data' }],
};
const emptyDir: PolicySubject = { podVolumes: [{ name: 'cache', source: 'emptyDir' }] };
const inPod: PolicySubject = {
  podVolumes: [{ name: 'mail', source: 'nfs', nfs: { server: 'nas', path: '/mail' } }],
};

const matches = (conditions: VolumePolicy['conditions'], subject: PolicySubject) =>
  matchPolicy([{ conditions, action: { type: 'skip' } }], subject) !== undefined;

describe('a volume policy', () => {
  it.each<[string, VolumePolicy['conditions'], PolicySubject, boolean]>([
    ['no condition', {}, emptyDir, true],
    ['a range of sizes', { capacity: '10Gi,20Gi' }, claim, true],
    ['a range of sizes that ends below', { capacity: '10Gi,19Gi' }, claim, false],
    ['a least size', { capacity: '21Gi,' }, claim, false],
    ['a most size', { capacity: ',20Gi' }, claim, true],
    ['a most size, of a volume without one', { capacity: ',1Gi' }, emptyDir, true],
    ['a least size, of a volume without one', { capacity: '1,' }, pending, false],
    ['a storage class', { storageClass: ['nas', 'disk'] }, claim, true],
    ['another storage class', { storageClass: ['nas'] }, claim, false],
    ['a storage class, of a volume without one', { storageClass: ['nas'] }, share, false],
    ['any CSI driver', { csi: {} }, claim, true],
    ['any CSI driver, of another volume', { csi: {} }, share, false],
    ['a driver', { csi: { driver } }, claim, true],
    ['another driver', { csi: { driver: 'nas.csi.test' } }, claim, false],
    ['attributes of a driver', { csi: { driver, volumeAttributes: { type: 'essd' } } }, claim, true],
    ['other attributes', { csi: { driver, volumeAttributes: { type: 'ssd' } } }, claim, false],
    ['any NFS export', { nfs: {} }, share, true],
    ['any NFS export, of another volume', { nfs: {} }, claim, false],
    ['an NFS server', { nfs: { server: 'nas' } }, share, true],
    ['an NFS path', { nfs: { path: '/other' } }, share, false],
    ['an NFS server in a pod', { nfs: { server: 'nas' } }, inPod, true],
    ['the type of the volume', { volumeTypes: ['nfs', 'csi'] }, claim, true],
    ['another type', { volumeTypes: ['emptyDir'] }, claim, false],
    ['the type of the pod volume', { volumeTypes: ['emptyDir'] }, emptyDir, true],
    ['a claim that a pod has as an ephemeral volume', { volumeTypes: ['ephemeral'] }, ephemeral, true],
    ['labels of the claim', { pvcLabels: { app: 'db' } }, claim, true],
    ['labels of which one differs', { pvcLabels: { app: 'db', tier: 'iron' } }, claim, false],
    ['labels, without a claim', { pvcLabels: { app: 'db' } }, emptyDir, false],
    ['a label that every object inherits', { pvcLabels: { constructor: 'x' } }, claim, false],
    ['a phase', { pvcPhase: ['Lost', 'Pending'] }, pending, true],
    ['another phase', { pvcPhase: ['Pending'] }, claim, false],
    ['a volume mode', { pvcVolumeMode: 'Filesystem' }, share, true],
    ['another volume mode', { pvcVolumeMode: 'Block' }, claim, false],
    ['a volume mode, without a claim', { pvcVolumeMode: 'Filesystem' }, emptyDir, false],
    ['exactly the access modes', { pvcAccessModes: ['ReadWriteOnce'] }, claim, true],
    ['more access modes', { pvcAccessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }, claim, false],
    ['conditions that do not all hold', { storageClass: ['disk'], pvcPhase: ['Lost'] }, claim, false],
  ])('with %s', (_, conditions, subject, expected) => {
    expect(matches(conditions, subject)).toBe(expected);
  });

  it('that matches first wins, and is known by its place', () => {
    const policies: VolumePolicy[] = [
      { conditions: { nfs: {} }, action: { type: 'skip' } },
      { conditions: { storageClass: ['disk'] }, action: { type: 'snapshot' } },
      { conditions: {}, action: { type: 'fs-backup' } },
    ];
    expect(matchPolicy(policies, claim)).toEqual({ number: 2, action: { type: 'snapshot' } });
    expect(matchPolicy(policies, emptyDir)).toMatchObject({ number: 3 });
    expect(matchPolicy(policies.slice(0, 1), claim)).toBeUndefined();
  });
});
