import { strategicMerge } from './strategic-merge';
import { withoutKeysOfBoth, withoutOtherMembers } from './unions';

/**
 * Merges an object of a built-in kind into another one: what `brought` has is set, what only `target` has stays, but not
 * beside a field that excludes it. Lists are merged by their keys. Gives a new value where something changes.
 */
export function mergeObjects(
  target: Record<string, unknown>,
  brought: Record<string, unknown>,
): Record<string, unknown> {
  return strategicMerge(withoutKeysOfBoth(target, brought), brought, {
    beforeMerge: withoutOtherMembers,
    namesAreUnique: true,
  }) as Record<string, unknown>;
}
