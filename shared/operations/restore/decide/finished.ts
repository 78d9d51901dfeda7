import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import type { FinishedKinds, FinishedSign } from '../../../formats/manifests/finished-kinds';
import { isMap } from '../../../platform/input/is-map';
import type { ItemRef } from '../../../formats/vault/archive-types';

/** Why an object that ran to its end is not made again: it would run again. Undefined for what has not ended. */
export function finishedReason(
  { groupResource }: ItemRef,
  object: KubeObject,
  kinds: FinishedKinds,
): string | undefined {
  const signs = kinds.get(groupResource);
  if (!signs?.some((sign) => shows(object, sign))) return undefined;
  return `the ${object.kind} has ended and is not run again`;
}

function shows(object: KubeObject, sign: FinishedSign): boolean {
  if ('path' in sign) {
    const value = valueAt(object, sign.path);
    if (value === undefined || value === null || value === '') return false;
    return sign.values === undefined || sign.values.includes(String(value));
  }
  const { condition, statuses = ['True'], reasons } = sign;
  const conditions = valueAt(object, 'status.conditions');
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (one) =>
        isMap(one) &&
        one.type === condition &&
        statuses.some((status) => status === one.status) &&
        (reasons === undefined || reasons.includes(String(one.reason))),
    )
  );
}

function valueAt(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, field) => (isMap(value) && Object.hasOwn(value, field) ? value[field] : undefined),
      object,
    );
}
