import { LifeboatError } from '../errors';

/**
 * Throws `invalid` for a list where an object belongs: an empty one passes for an object without fields in valibot, and comes
 * out as that.
 */
export function assertNoListForObject(given: unknown, parsed: unknown, what: string): void {
  if (typeof given !== 'object' || given === null || typeof parsed !== 'object' || parsed === null) return;
  if (Array.isArray(given) !== Array.isArray(parsed)) {
    throw new LifeboatError('invalid', `${what} must be an object`, { hint: 'correct its value' });
  }
  for (const [key, value] of Object.entries(given)) {
    const field = what.includes(':') ? `${what}.${key}` : `${what}: ${key}`;
    assertNoListForObject(value, (parsed as Record<string, unknown>)[key], field);
  }
}
