import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { listKeys } from '../../../shared/formats/manifests/modifiers/patch/list-keys';
import { serverGiven } from '../../../shared/formats/manifests/modifiers/server-given';
import type { ServedResource } from '../kinds/served-resource';

export type FieldTree = { [path: string]: FieldTree };

export interface ManagedFieldsEntry {
  manager: string;
  operation: string;
  apiVersion: string;
  time?: string;
  fieldsType: string;
  fieldsV1: FieldTree;
  subresource?: string;
}

const unmanagedMetadata = new Set<string>([...serverGiven, 'name', 'namespace', 'managedFields']);

/** The managedFields of a new object: everything belongs to whoever created it. */
export function ownFields(
  resource: ServedResource,
  object: KubeObject,
  manager: string,
  time: string,
): unknown[] {
  const fieldsV1 = fieldTree(resource, object);
  if (Object.keys(fieldsV1).length === 0) return [];
  return [entry(resource, manager, time, '', fieldsV1)];
}

/**
 * The object before an update, with the managedFields that the update brings: a client may set them. Undefined where it
 * brings none, the same, or entries that are malformed, of which the API server drops all.
 */
export function givenOwners(next: KubeObject, previous: KubeObject): KubeObject | undefined {
  const { managedFields } = next.metadata;
  if (!Array.isArray(managedFields) || managedFields.length === 0) return undefined;
  if (JSON.stringify(managedFields) === JSON.stringify(previous.metadata.managedFields)) return undefined;
  const isWhole = (managedFields as Partial<ManagedFieldsEntry>[]).every(
    ({ operation, fieldsType, fieldsV1 }) =>
      (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1' && fieldsV1,
  );
  return isWhole ? { ...previous, metadata: { ...previous.metadata, managedFields } } : undefined;
}

/** managedFields after an update: what changed belongs to whoever changed it, what is gone belongs to nobody. */
export function updatedFields(
  resource: ServedResource,
  next: KubeObject,
  previous: KubeObject,
  manager: string,
  time: string,
  subresource: string,
): unknown[] {
  const before = flatten(fieldTree(resource, previous, true));
  const after = flatten(fieldTree(resource, next, true));
  const changed = new Set(
    [...after].filter(([path, leaf]) => before.get(path) !== leaf).map(([path]) => path),
  );
  const kept = ((previous.metadata.managedFields ?? []) as ManagedFieldsEntry[]).map((each) => {
    const isOwn =
      each.manager === manager &&
      each.operation === 'Update' &&
      (each.subresource ?? '') === subresource &&
      each.apiVersion === apiVersionOf(resource);
    const paths = [...flatten(each.fieldsV1).keys()].filter(
      (path) => after.has(path) && (isOwn || !changed.has(path)),
    );
    return { each, isOwn, paths };
  });
  const own = kept.find((each) => each.isOwn);
  const rest = kept
    .filter((each) => !each.isOwn && each.paths.length > 0)
    .map(({ each, paths }) => ({ ...each, fieldsV1: unflatten(paths) }));
  if (changed.size === 0) {
    return own?.paths.length ? [...rest, { ...own.each, fieldsV1: unflatten(own.paths) }] : rest;
  }
  const fieldsV1 = unflatten([...new Set([...(own?.paths ?? []), ...changed])]);
  return [...rest, entry(resource, manager, time, subresource, fieldsV1)];
}

function entry(
  resource: ServedResource,
  manager: string,
  time: string,
  subresource: string,
  fieldsV1: FieldTree,
): ManagedFieldsEntry {
  return {
    manager,
    operation: 'Update',
    apiVersion: apiVersionOf(resource),
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource ? { subresource } : {}),
  };
}

/** FieldsV1 of an object; with `leaves`, each leaf holds its value under a key that no field can have. */
export function fieldTree(resource: ServedResource, object: KubeObject, leaves = false): FieldTree {
  const { apiVersion: _v, kind: _k, metadata, ...rest } = object;
  const managed = Object.fromEntries(
    Object.entries(metadata).filter(([field]) => !unmanagedMetadata.has(field)),
  );
  return {
    ...(Object.keys(managed).length ? { 'f:metadata': mapTree(managed, undefined, leaves) } : {}),
    ...mapTree(rest, resource, leaves),
  };
}

const leafValue = '=';

function mapTree(
  map: Record<string, unknown>,
  resource: ServedResource | undefined,
  leaves: boolean,
): FieldTree {
  const tree: FieldTree = {};
  for (const [field, value] of Object.entries(map)) {
    if (value !== undefined) tree[`f:${field}`] = valueTree(field, value, resource, leaves);
  }
  return tree;
}

function valueTree(
  field: string,
  value: unknown,
  resource: ServedResource | undefined,
  leaves: boolean,
): FieldTree {
  if (Array.isArray(value) && !resource?.custom) {
    const keys = listKeys(field, value);
    if (keys) {
      const tree: FieldTree = { '.': {} };
      for (const item of value as Record<string, unknown>[]) {
        const key = Object.fromEntries(
          keys.filter((each) => item[each] !== undefined).map((each) => [each, item[each]]),
        );
        // An owner reference is one value.
        tree[`k:${JSON.stringify(key)}`] =
          field === 'ownerReferences' ? {} : { '.': {}, ...mapTree(item, resource, leaves) };
      }
      return tree;
    }
    if (field === 'finalizers') {
      return { '.': {}, ...Object.fromEntries(value.map((each) => [`v:${JSON.stringify(each)}`, {}])) };
    }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const tree = mapTree(value as Record<string, unknown>, resource, leaves);
    if (Object.keys(tree).length > 0) return { '.': {}, ...tree };
  }
  return leaves ? { [`${leafValue}${safeText(value)}`]: {} } : {};
}

const safeText = (value: unknown) =>
  JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner));

export const separator = '\u0000';

/** Paths of a tree, each with the text of its leaf value where the tree was made with leaves. */
export function flatten(
  tree: FieldTree,
  prefix = '',
  found = new Map<string, string>(),
): Map<string, string> {
  for (const [key, below] of Object.entries(tree)) {
    const path = prefix ? prefix + separator + key : key;
    const [only] = Object.keys(below);
    if (only === undefined) found.set(path, '');
    else if (only.startsWith(leafValue)) found.set(path, only);
    else flatten(below, path, found);
  }
  return found;
}

/** The tree of some paths, without leaf values: `flatten` backwards. */
export function unflatten(paths: string[]): FieldTree {
  const tree: FieldTree = {};
  for (const path of paths) {
    let at = tree;
    for (const key of path.split(separator)) {
      at[key] ??= {};
      at = at[key];
    }
  }
  return tree;
}
