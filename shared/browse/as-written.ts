import type { KubeObject } from '../cluster/kube-object';
import { serverGiven } from '../manifests/server-given';

/** Annotations that kubectl and controllers keep for themselves. */
const bookkeeping = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deprecated.daemonset.template.generation',
];

/**
 * An object without what its server gave it: status, uid, versions, times, managed fields. By this two objects are compared,
 * of two backups or of a backup and a cluster. The object stays as it is, and shares all else with what is given back.
 */
export function asWritten(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object;
  const own: KubeObject['metadata'] = { ...rest.metadata };
  for (const field of [...serverGiven, 'managedFields']) delete own[field];
  if (own.annotations) {
    const annotations = { ...own.annotations };
    for (const name of bookkeeping) delete annotations[name];
    if (Object.keys(annotations).length > 0) own.annotations = annotations;
    else delete own.annotations;
  }
  return { ...rest, metadata: own };
}
