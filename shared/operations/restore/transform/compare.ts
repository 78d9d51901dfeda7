import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type FieldChange, fieldDiff } from '../../../formats/manifests/modifiers/field-diff';
import { isBuiltInGroup } from '../convert/built-in-groups';
import { markAnnotation, originAnnotation, replicatedByLabel } from './mark-names';
import { withoutLaterDefaults } from './later-defaults';
import { backupLabel, restoreLabel } from './restore-labels';

/**
 * What an update would change of the cluster's object: `from` is its value, `to` the backup's. Both have been through
 * `prepare`, so that what the cluster gives is in neither. Values are shown: a Secret's are to be hidden before.
 */
export function changesTo(wanted: KubeObject, present: KubeObject, limit?: number): FieldChange[] {
  const changes = fieldDiff(comparable(withoutLaterDefaults(wanted, present)), comparable(wanted));
  return (hasTypedFields(wanted) ? changes.filter(isMoreThanNull) : changes).slice(0, limit);
}

/** Where Go decodes into typed fields, null says nothing. Custom resources, CRDs and raw data keep a null. */
function hasTypedFields({ apiVersion, kind }: KubeObject): boolean {
  return isBuiltInGroup(apiVersion) && kind !== 'ControllerRevision';
}

function isMoreThanNull({ from, to }: FieldChange): boolean {
  return (from ?? null) !== null || (to ?? null) !== null;
}

/** The paths at which two objects differ, `spec.replicas`, without a value: a Secret's stay unseen. At most `limit`. */
export function differences(wanted: KubeObject, present: KubeObject, limit = 20): string[] {
  return changesTo(wanted, present, limit).map(({ path }) => path);
}

/** Without what a restore adds itself. */
function comparable(object: KubeObject): Record<string, unknown> {
  const { labels, managedFields: _fields, annotations, ...metadata } = object.metadata;
  const { [backupLabel]: _backup, [restoreLabel]: _restore, [replicatedByLabel]: _by, ...own } = labels ?? {};
  const { [markAnnotation]: _mark, [originAnnotation]: _origin, ...noted } = annotations ?? {};
  // Servers from 1.21 on put it on every namespace.
  delete own['kubernetes.io/metadata.name'];
  return {
    ...object,
    metadata: { ...metadata, labels: own, annotations: noted },
  };
}
