import { LifeboatError } from '../errors';

/**
 * Throws `invalid` for a list where an object belongs: an empty one passes for an object without fields in valibot, and comes
 * out as that. What the schema drops is not looked at.
 * @param path of the value, `spec.labels`; empty for the whole
 */
export function assertNoListForObject(given: unknown, parsed: unknown, what: string, path = ''): void {
  if (given === parsed) return;
  if (typeof given !== 'object' || given === null || typeof parsed !== 'object' || parsed === null) return;
  if (Array.isArray(given) !== Array.isArray(parsed)) {
    throw new LifeboatError('invalid', `${what}${path && `: ${path}`} must be an object`, {
      hint: 'correct its value',
    });
  }
  for (const [key, value] of Object.entries(given)) {
    const field = path === '' ? key : `${path}.${key}`;
    assertNoListForObject(value, (parsed as Record<string, unknown>)[key], what, field);
  }
}
