import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { serverGiven } from '../../formats/manifests/modifiers/server-given';
import { markAnnotation, originAnnotation, replicatedByLabel } from '../restore/transform/mark-names';
import { backupLabel, restoreLabel } from '../restore/transform/restore-labels';

/** Annotations that kubectl and controllers keep for themselves. */
const bookkeeping = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
];

/** What a restore, or a replication rule, leaves on what it makes. */
const restoreMarks = [markAnnotation, originAnnotation, backupLabel, restoreLabel, replicatedByLabel];

/**
 * An object without what its server or a restore gave it: status, uid, versions, times, managed fields, marks of the restore.
 * By this two objects are compared, of two backups or of a backup and a cluster. The object stays as it is, and shares all
 * else with what is given back.
 */
export function asWritten(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object;
  const own: KubeObject['metadata'] = { ...rest.metadata };
  for (const field of [...serverGiven, 'managedFields']) delete own[field];
  own.annotations = without(own.annotations, [...bookkeeping, ...restoreMarks]);
  own.labels = without(own.labels, restoreMarks);
  if (!own.annotations) delete own.annotations;
  if (!own.labels) delete own.labels;
  return { ...rest, metadata: own };
}

/** Undefined when nothing is left. */
function without(texts: Record<string, string> | undefined, names: readonly string[]) {
  if (!texts) return undefined;
  const left = { ...texts };
  for (const name of names) delete left[name];
  return Object.keys(left).length > 0 ? left : undefined;
}
