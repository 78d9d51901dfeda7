import type { KubeObject } from '../../cluster/kube-object';
import { type ResetContext, resetKind } from './kind-resets';

/** Fields of metadata that the server gives (pkg/restore, resetMetadata); managedFields stay: a create keeps them. */
const serverGiven = [
  'generateName',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
];

/**
 * Makes an archived object into one that can be created: Velero's order of change (velero.md §3.5). Changes `object`.
 * The same resets on the cluster's copy give what the two can be compared by.
 */
export function prepare(
  groupResource: string,
  object: KubeObject,
  context: ResetContext,
  labels: Record<string, string>,
): KubeObject {
  delete object.status;
  for (const field of serverGiven) delete object.metadata[field];
  resetKind(groupResource, object, context);
  const { namespace } = object.metadata;
  if (namespace) object.metadata.namespace = context.mapped(namespace);
  object.metadata.labels = { ...object.metadata.labels, ...labels };
  return object;
}
