import { LifeboatError } from '../../platform/errors';
import { backupSpecSchema } from '../../formats/manifests/backup-spec';
import { withOwnNamespaces } from '../../formats/manifests/own-namespaces';
import { parse } from '../../platform/input/parse';
import type { BackupSpec } from '../../formats/manifests/velero';
import { patternFault } from '../../formats/manifests/selection/glob';

/** Fields of Velero's that change nothing in what is captured: kept in velero-backup.json, not checked. */
const carriedFields = [
  'snapshotMoveData',
  'volumeGroupSnapshotLabelKey',
] as const satisfies readonly (keyof BackupSpec)[];

/**
 * Returns the spec with its defaults. Throws LifeboatError `invalid` naming the backup and the field.
 * @param own the namespaces that the cluster is registered for
 */
export function checkedSpec(name: string, spec: BackupSpec, own?: readonly string[]): BackupSpec {
  const carried: Partial<BackupSpec> = {};
  const checked: BackupSpec = { ...spec };
  for (const field of carriedFields) {
    if (spec[field] === undefined) continue;
    Object.assign(carried, { [field]: spec[field] });
    delete checked[field];
  }
  for (const pattern of [...(spec.includedNamespaces ?? []), ...(spec.excludedNamespaces ?? [])]) {
    const fault = patternFault(pattern);
    if (fault)
      throw new LifeboatError('invalid', `backup "${name}": ${fault}`, { hint: 'use *, ? and [abc]' });
  }
  const parsed = { ...parse(backupSpecSchema, checked, `backup "${name}"`), ...carried };
  return withOwnNamespaces(parsed, own, `backup "${name}"`);
}
