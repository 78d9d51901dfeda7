import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { copyDocument } from '../document/document';
import type { Mapped } from './map-namespace';
import { type ReferenceRow, referenceTable, selectorsOfNamespaces } from './reference-table';

/** Maps the namespaces that an object names beside its own, as `referenceTable` has them. Changes `object`. */
export function mapReferences(groupResource: string, object: KubeObject, mapped: Mapped): void {
  for (const row of referenceTable) {
    if (row.matches(groupResource)) row.map(object, mapped, groupResource);
  }
}

/** The namespaces that an object names beside its own, in the fields of `referenceTable`. */
export function namespacesNamed(groupResource: string, object: KubeObject): Set<string> {
  return namespacesIn(referenceTable, groupResource, object);
}

const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';

/** Cluster-scoped kinds that work for the namespaces which they name by more than a selector. */
const servants = new Set([
  `clusterrolebindings.${rbac}`,
  `mutatingwebhookconfigurations.${admission}`,
  `validatingwebhookconfigurations.${admission}`,
  'apiservices.apiregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
]);

const withoutSelectors = referenceTable.filter((row) => row !== selectorsOfNamespaces);

/**
 * The namespaces that a cluster-scoped object works for: that of the subjects of a ClusterRoleBinding, and that of the Service
 * behind webhooks, conversion webhooks and APIServices. A selector makes no namespace need an object.
 */
export function namespacesServed(groupResource: string, object: KubeObject): ReadonlySet<string> {
  return namespacesIn(servants.has(groupResource) ? withoutSelectors : [], groupResource, object);
}

function namespacesIn(rows: readonly ReferenceRow[], groupResource: string, object: KubeObject): Set<string> {
  const found = new Set<string>();
  const copy = copyDocument(object);
  const note: Mapped = (namespace) => {
    found.add(namespace);
    return namespace;
  };
  for (const row of rows) if (row.matches(groupResource)) row.map(copy, note, groupResource);
  return found;
}
