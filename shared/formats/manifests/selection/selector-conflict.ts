import type { LabelSelector } from './selector';

/** All that a selector requires of one label. */
interface Requirements {
  /** Values that every `=` and `in` allows; undefined where none restricts them. */
  allowed?: Set<string>;
  forbidden: Set<string>;
  present: boolean;
  absent: boolean;
}

/**
 * Returns the first label of which a selector requires two things that no object can have, such as `app in (a),app in (b)`
 * or `app=web,!app`; undefined where objects can match. Sets that overlap are no conflict.
 */
export function conflictingKey(selector: LabelSelector): string | undefined {
  const keys = new Map<string, Requirements>();
  const of = (key: string): Requirements => {
    const known = keys.get(key) ?? { forbidden: new Set<string>(), present: false, absent: false };
    keys.set(key, known);
    return known;
  };
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) allow(of(key), [value]);
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const required = of(key);
    if (operator === 'In') allow(required, values);
    else if (operator === 'NotIn') for (const value of values) required.forbidden.add(value);
    else if (operator === 'Exists') required.present = true;
    else required.absent = true;
  }
  for (const [key, required] of keys) if (cannotMatch(required)) return key;
  return undefined;
}

function allow(required: Requirements, values: readonly string[]): void {
  const { allowed } = required;
  required.allowed = new Set(allowed ? values.filter((value) => allowed.has(value)) : values);
}

function cannotMatch({ allowed, forbidden, present, absent }: Requirements): boolean {
  if (absent && (present || allowed !== undefined)) return true;
  return allowed !== undefined && [...allowed].every((value) => forbidden.has(value));
}
