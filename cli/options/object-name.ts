import { LifeboatError } from '../../shared/platform/errors';
import type { WantedObject } from '../../shared/operations/browse/find-object';

/**
 * An object as kubectl names it: `configmap shop/settings`, `configmap settings` with `-n shop`, `namespace shop`.
 * Throws `invalid` when the namespace is named twice and differently.
 */
export function wantedObject(resource: string, place: string, namespace: string | undefined): WantedObject {
  const parts = place.split('/');
  const [first = '', second] = parts;
  const wrong = parts.length > 2 || parts.includes('') || resource === '' || resource.includes('/');
  if (wrong || (second !== undefined && namespace !== undefined && namespace !== first)) {
    throw new LifeboatError('invalid', `"${resource} ${place}" does not name an object`, {
      hint: 'write kind and namespace/name, for example configmap shop/settings, or kind and name for a cluster-scoped one',
    });
  }
  if (second !== undefined) return { resource, namespace: first, name: second };
  return { resource, ...(namespace !== undefined && { namespace }), name: first };
}
