import { groupOf } from '../../../platform/kubernetes/api-resource';
import { conversions } from './table';

/** Group-resource → where its objects live now: `ingresses.extensions` → `ingresses.networking.k8s.io`. */
const moved = new Map<string, string>();
for (const { resource, from, to } of conversions) {
  const [before, after] = [groupOf(from), groupOf(to)];
  if (before === 'extensions' && after !== before) moved.set(`${resource}.${before}`, `${resource}.${after}`);
}
const destinations = new Set(moved.values());

/** The name that a group-resource has today; its own where it never moved to another group. */
export function movedTo(groupResource: string): string {
  return moved.get(groupResource) ?? groupResource;
}

/** Whether old clusters serve the objects of a group-resource under two groups, so that an archive may hold them twice. */
export function isServedTwice(groupResource: string): boolean {
  return moved.has(groupResource) || destinations.has(groupResource);
}
