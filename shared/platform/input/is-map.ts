import { ExactNumber } from './exact-number';

/** Whether a value of a parsed document is an object of JSON: no list, no null, and no number that is kept as its text. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}
