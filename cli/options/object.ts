import { LifeboatError } from '../../shared/platform/errors';
import type { RestoreRequest } from '../../shared/formats/manifests/run';

/** Reads `resource/name` of a cluster-scoped object or `resource/namespace/name`; resource as in the archive: `deployments.apps`. */
export function objectToRestore(text: string): NonNullable<RestoreRequest['object']> {
  const parts = text.split('/');
  const [resource = '', second = '', third] = parts;
  if (parts.length > 3 || parts.length < 2 || parts.includes('')) {
    throw new LifeboatError('invalid', `"${text}" does not name an object`, {
      hint: 'write resource/namespace/name, for example configmaps/shop/settings, or resource/name for a cluster-scoped one',
    });
  }
  return third === undefined ? { resource, name: second } : { resource, namespace: second, name: third };
}
