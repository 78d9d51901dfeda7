import type { KubeObject } from '../../cluster/kube-object';
import { copyDocument } from '../document';
import type { Mapped } from './map-namespace';
import { referenceTable } from './reference-table';

/** Maps the namespaces that an object names beside its own, as `referenceTable` has them. Changes `object`. */
export function mapReferences(groupResource: string, object: KubeObject, mapped: Mapped): void {
  for (const row of referenceTable) {
    if (row.matches(groupResource)) row.map(object, mapped, groupResource);
  }
}

/** The namespaces that an object names beside its own, in the fields of `referenceTable`. */
export function namespacesNamed(groupResource: string, object: KubeObject): Set<string> {
  const found = new Set<string>();
  mapReferences(groupResource, copyDocument(object), (namespace) => {
    found.add(namespace);
    return namespace;
  });
  return found;
}
