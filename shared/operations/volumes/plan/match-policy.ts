import type { VolumePolicy } from '../../../formats/manifests/velero-resource-policies';
import { capacityRange } from '../../../formats/manifests/resource-policies';
import { quantityOf } from '../../../platform/kubernetes/quantity';
import type { ClaimFacts, CsiSource, NfsSource, PersistentVolumeFacts, PodVolumeFacts } from './volume-facts';

/** What policies look at: a claim with its volume, or a volume of a pod. */
export interface PolicySubject {
  claim?: ClaimFacts;
  volume?: PersistentVolumeFacts;
  /** Volumes of pods: the one without a claim, or those that mount the claim. */
  podVolumes: readonly PodVolumeFacts[];
}

/** The first policy that matches, and its place in the list, from 1. */
export interface MatchedPolicy {
  action: VolumePolicy['action'];
  number: number;
}

/** Velero's rule: all conditions of a policy must hold, and the first policy that matches wins. */
export function matchPolicy(
  policies: readonly VolumePolicy[] = [],
  subject: PolicySubject,
): MatchedPolicy | undefined {
  const at = policies.findIndex(({ conditions }) => matches(conditions, subject));
  return at < 0 ? undefined : { action: policies[at]!.action, number: at + 1 };
}

type Conditions = VolumePolicy['conditions'];

function matches(conditions: Conditions, subject: PolicySubject): boolean {
  const { claim, volume } = subject;
  const source = volume ?? (claim ? undefined : subject.podVolumes[0]);
  return (
    hasCapacity(conditions.capacity, volume?.capacity) &&
    isAmong(conditions.storageClass, volume?.storageClassName) &&
    isOfDriver(conditions.csi, source?.csi) &&
    isExport(conditions.nfs, source?.nfs) &&
    isOfType(conditions.volumeTypes, subject) &&
    hasLabels(conditions.pvcLabels, claim?.labels) &&
    isAmong(conditions.pvcPhase, claim?.phase) &&
    (conditions.pvcVolumeMode === undefined ||
      (claim !== undefined && conditions.pvcVolumeMode === (claim.volumeMode ?? 'Filesystem'))) &&
    hasModes(conditions.pvcAccessModes, claim?.accessModes)
  );
}

/** A volume without a known size counts as empty, as in Velero. */
function hasCapacity(wanted: string | undefined, capacity: string | undefined): boolean {
  if (wanted === undefined) return true;
  const range = capacityRange(wanted);
  const size = quantityOf(capacity ?? '0');
  return range !== undefined && size >= range.least && size <= range.most;
}

function isAmong(wanted: readonly string[] | undefined, value: string | undefined): boolean {
  return !wanted?.length || (value !== undefined && wanted.includes(value));
}

function isOfDriver(wanted: Conditions['csi'], csi: CsiSource | undefined): boolean {
  if (!wanted) return true;
  if (!csi || (wanted.driver && wanted.driver !== csi.driver)) return false;
  return hasLabels(wanted.volumeAttributes, csi.volumeAttributes);
}

function isExport(wanted: Conditions['nfs'], nfs: NfsSource | undefined): boolean {
  if (!wanted) return true;
  if (!nfs) return false;
  return (!wanted.server || wanted.server === nfs.server) && (!wanted.path || wanted.path === nfs.path);
}

/** A claim is of the type of its volume; where a pod has it as an ephemeral volume, of that type too. */
function isOfType(
  wanted: readonly string[] | undefined,
  { claim, volume, podVolumes }: PolicySubject,
): boolean {
  if (!wanted?.length) return true;
  const types = [
    ...(volume ? [volume.source] : []),
    ...podVolumes.map(({ source }) => source).filter((source) => !claim || source === 'ephemeral'),
  ].map((type) => type.toLowerCase());
  return wanted.some((type) => types.includes(type.toLowerCase()));
}

function hasLabels(
  wanted: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(wanted ?? {}).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  );
}

/** Exactly these modes. */
function hasModes(wanted: readonly string[] | undefined, modes: readonly string[] = []): boolean {
  return !wanted?.length || (wanted.length === modes.length && wanted.every((mode) => modes.includes(mode)));
}
