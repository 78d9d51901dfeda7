import type { LabelSelector } from '../velero';

/** The `labelSelector` of a list request (metav1.FormatLabelSelector), not yet URL-encoded; undefined selects everything. */
export function selectorQuery(selector: LabelSelector | undefined): string | undefined {
  const terms = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
    if (operator === 'Exists') terms.push(key);
    else if (operator === 'DoesNotExist') terms.push(`!${key}`);
    else terms.push(`${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`);
  }
  return terms.length > 0 ? terms.sort().join(',') : undefined;
}

/** Whether an object with these labels is selected, as the API server would decide. */
export function matchesSelector(selector: LabelSelector, labels: Record<string, string> = {}): boolean {
  const has = (key: string) => Object.hasOwn(labels, key);
  const equal = Object.entries(selector.matchLabels ?? {}).every(
    ([key, value]) => has(key) && labels[key] === value,
  );
  return (
    equal &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return has(key);
      if (operator === 'DoesNotExist') return !has(key);
      const among = has(key) && values.includes(labels[key]!);
      return operator === 'In' ? among : !among;
    })
  );
}
