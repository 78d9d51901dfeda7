import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { serverGiven } from '../../../formats/manifests/modifiers/server-given';
import { type ObjectTrace, staged } from './object-trace';
import { type ResetContext, resetKind } from './kind-resets';
import { asItIs } from './map-namespace';
import { mapReferences } from './references';

/** Fields of metadata that go (pkg/restore, resetMetadata); managedFields stay, which the resets read. */
const resetFields = [...serverGiven, 'generateName', 'ownerReferences'];

/** What happens to an archived object and not to the cluster's copy that it is compared with. */
export interface OnTheWay {
  trace?: ObjectTrace;
  /** What the request asks to be changed; the object lies in its namespace of the backup still. */
  transform?(object: KubeObject): void;
}

/**
 * Makes an archived object into one that can be created: Velero's order of change (pkg/restore/restore.go). Changes `object`.
 * The same resets on the cluster's copy give what the two can be compared by.
 */
export function prepare(
  groupResource: string,
  object: KubeObject,
  context: ResetContext,
  labels: Record<string, string>,
  { trace, transform }: OnTheWay = {},
): KubeObject {
  if (!context.keepsStatus) delete object.status;
  for (const field of resetFields) delete object.metadata[field];
  const { namespace } = object.metadata;
  staged(trace, 'reset', object, () => resetKind(groupResource, object, context));
  transform?.(object);
  staged(trace, 'namespace', object, () => {
    if (context.mapped !== asItIs) mapReferences(groupResource, object, context.mapped);
    if (namespace) object.metadata.namespace = context.mapped(namespace);
  });
  object.metadata.labels = { ...object.metadata.labels, ...labels };
  return object;
}

/** The cluster's copy as a prepared object can be compared with it: in its own namespace, without managedFields. Changes `live`. */
export function prepareLive(groupResource: string, live: KubeObject, context: ResetContext): KubeObject {
  const present = prepare(
    groupResource,
    live,
    { ...context, mapped: asItIs, keepAddress: false, keepTokens: true },
    {},
  );
  delete present.metadata.managedFields;
  return present;
}
