import { type ApiResource, apiVersion } from '../../../../platform/kubernetes/api-resource';
import type { FieldChange } from '../../../../formats/manifests/modifiers/field-diff';
import { isBuiltInGroup } from '../../convert/built-in-groups';

/** Whether the API server keeps the status apart: a write of the object leaves it alone, and a write of it the object. */
export function hasStatusApart({ subresources }: ApiResource): boolean {
  return subresources.includes('status');
}

/** Whether the status is a field like any other: of a custom resource without the subresource. Built-in kinds without it have none. */
export function isPlainStatus(resource: ApiResource): boolean {
  return !hasStatusApart(resource) && !isBuiltInGroup(apiVersion(resource));
}

/** The two requests in which a patch goes to a resource whose status is kept apart. */
export interface PatchParts {
  object?: Record<string, unknown>;
  status?: { status: unknown };
}

/** Parts a patch of an object whose status is kept apart; absent is what it does not change. */
export function partsOf(patch: Record<string, unknown>, resource: ApiResource): PatchParts {
  if (!hasStatusApart(resource) || !Object.hasOwn(patch, 'status')) return { object: patch };
  const { status, ...object } = patch;
  return { ...(Object.keys(object).length > 0 && { object }), status: { status } };
}

/** Whether two objects differ in nothing but their status. */
export function isOnlyStatus(diff: readonly FieldChange[]): boolean {
  return diff.length > 0 && diff.every(({ path }) => /^status(?:[.[]|$)/.test(path));
}
