import type { KubeObject, ObjectMeta } from '../../../platform/kubernetes/kube-object';
import type { JsonEdit } from '../../../platform/kubernetes/spans';
import { quantityOf } from '../../../platform/kubernetes/quantity';
import { runLabelKey } from '../run-label';
import type { TakenSnapshot } from './take-snapshot';

/** Velero's annotations and labels of a claim with a snapshot, and of the snapshot (pkg/backup/actions/csi). */
const names = {
  backup: 'velero.io/backup-name',
  snapshot: 'velero.io/volume-snapshot-name',
  handle: 'velero.io/csi-volumesnapshot-handle',
  driver: 'velero.io/csi-driver-name',
  policy: 'velero.io/csi-vsc-deletion-policy',
  mustInclude: 'backup.velero.io/must-include-additional-items',
};

/**
 * The VolumeSnapshot as a backup holds it. A Velero restores by the name of its content, and deletes with the policy of its
 * annotation.
 */
export function archivedSnapshot({ snapshot, operation }: TakenSnapshot, backup: string): KubeObject {
  return archived(snapshot, backup, {
    [names.driver]: operation.driver,
    [names.handle]: operation.handle,
    [names.policy]: 'Delete',
  });
}

/** Its content. A Velero deletes the snapshot by it when it deletes the backup. */
export function archivedContent({ content }: TakenSnapshot, backup: string): KubeObject {
  return archived({ ...content, spec: { ...content.spec, deletionPolicy: 'Delete' } }, backup, {});
}

/**
 * What a claim's bytes in the archive say of its snapshot. A claim of less than the snapshot's size could not be made from it:
 * it asks for that size.
 */
export function claimEdits({ operation }: TakenSnapshot, claim: KubeObject, backup: string): JsonEdit[] {
  const { snapshot, size } = operation;
  const { labels, annotations } = claim.metadata;
  const storage = (claim.spec?.resources as { requests?: { storage?: string } } | undefined)?.requests
    ?.storage;
  const isLess = size !== undefined && storage !== undefined && quantityOf(storage) < size;
  return [
    ...marks('labels', labels, { [names.backup]: backup, [names.snapshot]: snapshot }),
    ...marks('annotations', annotations, { [names.snapshot]: snapshot, [names.mustInclude]: 'true' }),
    ...(isLess
      ? [{ path: ['spec', 'resources', 'requests', 'storage'], set: String(size) } satisfies JsonEdit]
      : []),
  ];
}

function marks(
  field: 'labels' | 'annotations',
  present: Record<string, string> | undefined,
  added: Record<string, string>,
): JsonEdit[] {
  if (present === undefined) return [{ path: ['metadata', field], set: added }];
  return Object.entries(added).map(([name, value]) => ({ path: ['metadata', field, name], set: value }));
}

/** Without the label of the run: a sweep would take what a Velero makes of it for what the run left. */
function archived(object: KubeObject, backup: string, annotations: Record<string, string>): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  const { [runLabelKey]: __, ...own } = metadata.labels ?? {};
  const labels = { ...own, [names.backup]: backup };
  const all = { ...metadata.annotations, ...annotations };
  const kept: ObjectMeta = { ...metadata, labels };
  if (Object.keys(all).length > 0) kept.annotations = all;
  return { ...object, metadata: kept };
}
