import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { neverRestored } from '../../../platform/kubernetes/built-in-kinds';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { finishedReason } from './finished';
import { kindRules, type Rule, type Surroundings } from './kind-rules';

/** Rules for objects of any kind, and those of the kind. */
const rules: Rule[] = [
  (item) => neverRestored(item.groupResource),
  (_item, object) =>
    object.metadata.labels?.['kubernetes.io/bootstrapping'] !== undefined
      ? 'the API server makes its default roles and bindings'
      : undefined,
  (item, object, around) => {
    if (!Object.hasOwn(kindRules, item.groupResource)) return undefined;
    for (const rule of kindRules[item.groupResource]!) {
      const reason = rule(item, object, around);
      if (reason) return reason;
    }
    return undefined;
  },
  (item, object, around) => finishedReason(item, object, around.finished),
  (_item, object) =>
    object.metadata.deletionTimestamp !== undefined
      ? 'it was being deleted when it was backed up'
      : undefined,
];

/** The first reason why an object is the cluster's own business (reference: what Velero and the controllers make again). */
export function managedByCluster(
  item: ItemRef,
  object: KubeObject,
  around: Surroundings,
): string | undefined {
  for (const rule of rules) {
    const reason = rule(item, object, around);
    if (reason) return reason;
  }
  return undefined;
}
