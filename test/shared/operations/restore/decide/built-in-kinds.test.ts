import { describe, expect, it } from '@jest/globals';
import { builtInKinds } from '../../../../../shared/platform/kubernetes/built-in-kinds';
import { finishedKinds } from '../../../../../shared/formats/manifests/finished-kinds';
import { madeWithPods } from '../../../../../shared/operations/restore/decide/belongs-to-pod';
import { madeByControllers } from '../../../../../shared/operations/restore/decide/left-to-controller';
import { kindRules } from '../../../../../shared/operations/restore/decide/kind-rules';

/** What the API server labels `kubernetes.io/bootstrapping`, and what `volumeFate` decides about. */
const elsewhere = [
  ...['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map(
    (resource) => `${resource}.rbac.authorization.k8s.io`,
  ),
  'persistentvolumes',
];

describe('the table of built-in kinds', () => {
  const partly = [...builtInKinds].filter(([, { restored }]) => restored === 'partly').map(([name]) => name);
  const ruled = new Set([
    ...Object.keys(kindRules),
    ...madeByControllers,
    ...madeWithPods,
    ...[...finishedKinds().keys()].filter((name) => builtInKinds.has(name)),
    ...elsewhere,
  ]);

  it('has a rule for every kind that is restored in part, and no rule for any other', () => {
    expect([...ruled].sort()).toEqual(partly.sort());
  });

  it('gives a reason in every row', () => {
    for (const [name, { reason }] of builtInKinds)
      expect([name, reason]).toEqual([name, expect.stringMatching(/\w/)]);
  });
});
