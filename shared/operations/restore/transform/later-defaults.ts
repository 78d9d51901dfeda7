import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { isMap } from '../../../platform/input/is-map';

/** One of these values, or any where the cluster itself decides. */
type Default = { field: string; values?: readonly unknown[] };

/**
 * Fields of spec that Kubernetes learnt after 1.20 and fills in itself (pkg/apis/<group>/v1/defaults.go, and the Service's
 * strategy): an object that was backed up before does not have them, and is the same object with them.
 */
const laterDefaults: Record<string, readonly Default[]> = {
  Service: [
    { field: 'ipFamilies' },
    { field: 'ipFamilyPolicy', values: ['SingleStack'] },
    { field: 'internalTrafficPolicy', values: ['Cluster'] },
  ],
  StatefulSet: [
    {
      field: 'persistentVolumeClaimRetentionPolicy',
      values: [{ whenDeleted: 'Retain', whenScaled: 'Retain' }],
    },
  ],
  Job: [
    { field: 'completionMode', values: ['NonIndexed'] },
    { field: 'suspend', values: [false] },
    { field: 'podReplacementPolicy', values: ['TerminatingOrFailed', 'Failed'] },
  ],
};

/** The object of the cluster without what only a later server filled in. */
export function withoutLaterDefaults(wanted: KubeObject, present: KubeObject): KubeObject {
  const defaults = laterDefaults[present.kind ?? ''];
  const { spec } = present;
  if (!defaults || !isMap(spec)) return present;
  const filledIn = defaults.filter(
    ({ field, values }) =>
      wanted.spec?.[field] === undefined &&
      (!values || values.some((one) => isDeepStrictEqual(one, spec[field]))),
  );
  const dropped = new Set(filledIn.map(({ field }) => field));
  return {
    ...present,
    spec: Object.fromEntries(Object.entries(spec).filter(([field]) => !dropped.has(field))),
  };
}
