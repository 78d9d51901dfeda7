import type { KubeObject } from '../cluster/kube-object';
import { serverGiven } from '../manifests/server-given';
import { copyDocument } from '../restore/document';

/** Annotations that kubectl and controllers keep for themselves. */
const bookkeeping = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
];

/**
 * An object without what its server gave it: status, uid, versions, times, managed fields. By this two objects are compared,
 * of two backups or of a backup and a cluster. A copy: the object stays as it is.
 */
export function asWritten(object: KubeObject): KubeObject {
  const { status: _status, ...copy } = copyDocument(object) as KubeObject;
  for (const field of [...serverGiven, 'managedFields']) delete copy.metadata[field];
  const { annotations } = copy.metadata;
  if (annotations) {
    for (const name of bookkeeping) delete annotations[name];
    if (Object.keys(annotations).length === 0) delete copy.metadata.annotations;
  }
  return copy as KubeObject;
}
