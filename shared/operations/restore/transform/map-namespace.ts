import { type Fields, objectAt, objectsOf } from '../convert/conversion';

/** The namespace that objects of a namespace go to; the same one where no mapping names it. */
export type Mapped = (namespace: string) => string;

/** Without a mapping: nothing is looked for then. */
export const asItIs: Mapped = (namespace) => namespace;

/** Maps the namespace that a reference holds in its field `namespace`. Changes `reference`. */
export function mapNamespace(reference: Fields | undefined, mapped: Mapped): void {
  mapField(reference, 'namespace', mapped);
}

/** Maps a field that is the name of a namespace. Changes `fields`. */
export function mapField(fields: Fields | undefined, field: string, mapped: Mapped): void {
  const value = fields && Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (fields && typeof value === 'string' && value !== '') fields[field] = mapped(value);
}

/** Maps a field that is a list of names of namespaces. Changes `fields`. */
export function mapList(fields: Fields | undefined, field: string, mapped: Mapped): void {
  const list = fields?.[field];
  if (fields && Array.isArray(list)) fields[field] = list.map((one) => mapped(String(one)));
}

/** Maps every field `namespace` below a value, at any depth. Changes `value`. */
export function mapEveryNamespace(value: unknown, mapped: Mapped): void {
  if (Array.isArray(value)) {
    for (const item of value) mapEveryNamespace(item, mapped);
    return;
  }
  const fields = objectAt({ value }, 'value');
  if (!fields) return;
  mapNamespace(fields, mapped);
  for (const inner of Object.values(fields)) mapEveryNamespace(inner, mapped);
}

/** Maps a subject of RBAC: an account, also one that is named as a user or a group (clusterrolebinding_action.go). */
export function mapSubject(subject: Fields, mapped: Mapped): void {
  mapNamespace(subject, mapped);
  if (subject.kind === 'User' || subject.kind === 'Group') mapAccountName(subject, mapped);
}

/** Maps `system:serviceaccount:NAMESPACE:NAME` and `system:serviceaccounts:NAMESPACE` (apiserver, serviceaccount/util.go). */
export function mapAccountName(named: Fields | undefined, mapped: Mapped): void {
  if (typeof named?.name !== 'string') return;
  named.name = named.name.replace(
    /^(system:serviceaccounts?:)([^:]+)/,
    (_, prefix: string, namespace: string) => prefix + mapped(namespace),
  );
}

/** Maps the namespaces of host names of Services in a text: `db.shop.svc`, `db.shop.svc.cluster.local`. */
export function mapHosts(text: string, mapped: Mapped): string {
  return text.replace(/(?<=[a-z0-9]\.)([a-z0-9-]+)(?=\.svc\b)/g, (name) => mapped(name));
}

/** The label by which a selector picks a namespace by its name; an API server puts it on every namespace. */
const nameLabel = 'kubernetes.io/metadata.name';

/** Maps selectors of namespaces by name, wherever an object of any kind holds one. Changes `value`. */
export function mapNameSelectors(value: unknown, mapped: Mapped): void {
  if (Array.isArray(value)) {
    for (const item of value) mapNameSelectors(item, mapped);
    return;
  }
  const fields = objectAt({ value }, 'value');
  if (!fields) return;
  mapField(fields, nameLabel, mapped);
  for (const expression of objectsOf(fields.matchExpressions)) {
    if (expression.key === nameLabel) mapList(expression, 'values', mapped);
  }
  for (const inner of Object.values(fields)) {
    if (typeof inner === 'object') mapNameSelectors(inner, mapped);
  }
}
