import type { Conversion } from './conversion';
import { definitionConversions } from './custom-resource-definition';
import { endpointSliceConversions } from './endpoint-slice';
import { flowControlConversions } from './flow-control';
import { autoscalerConversions } from './horizontal-pod-autoscaler';
import { ingressConversions } from './ingress';
import { budgetConversions } from './pod-disruption-budget';
import { rbacConversions } from './rbac';
import { runtimeClassConversions } from './runtime-class';
import { sameSchemaConversions } from './same-schema';
import { webhookConversions } from './webhook-configuration';
import { workloadConversions } from './workloads';

/** Every conversion there is. Of the steps from one version the better comes first. */
export const conversions: readonly Conversion[] = [
  ...ingressConversions,
  ...definitionConversions,
  ...workloadConversions,
  ...budgetConversions,
  ...autoscalerConversions,
  ...endpointSliceConversions,
  ...webhookConversions,
  ...rbacConversions,
  ...flowControlConversions,
  ...runtimeClassConversions,
  ...sameSchemaConversions,
];

const byOrigin = new Map<string, Conversion[]>();
for (const one of conversions) {
  const key = `${one.kind} ${one.from}`;
  byOrigin.set(key, [...(byOrigin.get(key) ?? []), one]);
}

/**
 * The conversions that lead from a version of a kind to one that is wanted, one after the other; undefined where none do.
 * Of the wanted versions it is the one with the fewest steps, then the one that loses least.
 */
export function pathTo(
  kind: string,
  from: string,
  wanted: (conversion: Conversion) => boolean,
): Conversion[] | undefined {
  const seen = new Set([from]);
  let paths: Conversion[][] = [[]];
  while (paths.length > 0) {
    const longer: Conversion[][] = [];
    for (const path of paths) {
      for (const step of byOrigin.get(`${kind} ${path.at(-1)?.to ?? from}`) ?? []) {
        if (seen.has(step.to)) continue;
        seen.add(step.to);
        const extended = [...path, step];
        if (wanted(step)) return extended;
        longer.push(extended);
      }
    }
    paths = longer;
  }
  return undefined;
}

/** Whether some conversion leads away from a version of a kind, or to it: whether its schemas are known here. */
export function isConvertible(kind: string, version: string): boolean {
  return byOrigin.has(`${kind} ${version}`);
}
