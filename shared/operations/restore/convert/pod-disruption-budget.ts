import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { type Conversion, type Fields, objectAt, objectsOf } from './conversion';

const kind = { kind: 'PodDisruptionBudget', resource: 'poddisruptionbudgets' };

/** An empty selector matches no pods in v1beta1 and all of them in v1 (pkg/apis/policy, conversion of v1beta1). */
export const budgetConversions: Conversion[] = [
  { ...kind, from: 'policy/v1beta1', to: 'policy/v1', convert: toStable },
  { ...kind, from: 'policy/v1', to: 'policy/v1beta1', convert: toBeta },
];

/** A label that no pod has stands for either meaning in the version that cannot say it. */
const label = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';
const standsFor = { none: 'Exists', all: 'DoesNotExist' };

function selecting(pods: keyof typeof standsFor): Fields {
  return { matchExpressions: [{ key: label, operator: standsFor[pods] }] };
}

function toStable({ spec }: KubeObject): void {
  const selector = objectAt(spec, 'selector');
  if (!spec || !selector) return;
  if (isEmpty(selector)) spec.selector = selecting('none');
  else if (selects(selector, 'all')) spec.selector = {};
}

function toBeta({ spec }: KubeObject): void {
  const selector = objectAt(spec, 'selector');
  if (!spec || !selector) return;
  if (isEmpty(selector)) spec.selector = selecting('all');
  else if (selects(selector, 'none')) spec.selector = {};
}

function isEmpty(selector: Fields): boolean {
  return !hasLabels(selector) && objectsOf(selector.matchExpressions).length === 0;
}

function selects(selector: Fields, pods: keyof typeof standsFor): boolean {
  const [only, ...more] = objectsOf(selector.matchExpressions);
  return (
    !hasLabels(selector) && more.length === 0 && only?.key === label && only.operator === standsFor[pods]
  );
}

function hasLabels(selector: Fields): boolean {
  return Object.keys(objectAt(selector, 'matchLabels') ?? {}).length > 0;
}
