/** A JSON object. */
export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Text by name. */
export function isTextMap(value: unknown): boolean {
  return isFields(value) && Object.values(value).every((one) => typeof one === 'string');
}

/** A count that Go's omitempty writes: absent for none. */
export function isCount(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) > 0);
}

/** Milliseconds of a metav1.Time as Go writes it; undefined for anything else. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** Milliseconds of a metav1.Duration such as `720h0m0s`; undefined for anything else. */
export function durationOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(value)) return undefined;
  let sum = 0;
  for (const [, number, unit] of value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g))
    sum += Number(number) * units[unit!]!;
  return sum;
}

/** What stands at a path of fields. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, field) => (isFields(inner) ? inner[field] : undefined), value);
}
