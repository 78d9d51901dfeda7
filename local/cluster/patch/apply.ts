import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { type ApiCall, readBody } from '../http/api-call';
import { fieldTree, flatten, type ManagedFieldsEntry, separator, unflatten } from '../objects/managed-fields';
import { mergePatch } from '../../../shared/formats/manifests/modifiers/patch/merge-patch';
import type { ServedResource } from '../kinds/served-resource';
import { badRequest, type StatusCause, StatusError } from '../http/status-error';
import { strategicMerge } from '../../../shared/formats/manifests/modifiers/patch/strategic-merge';
import { checkTypeMeta } from '../objects/type-meta';

/** Reads the body of a server-side apply; 400 for what may not be in it, 422 without a field manager. */
export function readApplyConfiguration(call: ApiCall): KubeObject {
  if (!call.query.get('fieldManager')) {
    throw new StatusError(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  }
  const object = checkTypeMeta(call, readBody(call));
  if (object.metadata.managedFields) throw badRequest('metadata.managedFields must be nil');
  object.metadata.name ||= call.name;
  return object;
}

type Entry = ManagedFieldsEntry;

/** The managedFields entry of what was applied. */
export function appliedFields(
  resource: ServedResource,
  applied: KubeObject,
  manager: string,
  time: string,
): Entry {
  return {
    manager,
    operation: 'Apply',
    apiVersion: apiVersionOf(resource),
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: unflatten([...appliedPaths(resource, applied).keys()]),
  };
}

/**
 * The object after an apply: merged, without what the manager had applied before and nobody else owns. 409 where
 * another manager owns a field with another value, unless forced: then it is taken over.
 */
export function applyOver(
  resource: ServedResource,
  live: KubeObject,
  applied: KubeObject,
  { manager, force, time }: { manager: string; force: boolean; time: string },
): { object: KubeObject; managed: Entry[] } {
  const entries = (live.metadata.managedFields ?? []) as Entry[];
  const isOwn = (entry: Entry) => entry.manager === manager && entry.operation === 'Apply';
  const own = entries.find(isOwn);
  const others = entries
    .filter((entry) => !isOwn(entry))
    .map((entry) => ({ entry, paths: new Set(flatten(entry.fieldsV1).keys()) }));
  const wanted = appliedPaths(resource, applied);
  const present = flatten(fieldTree(resource, live, true));
  const causes: StatusCause[] = [];
  for (const [path, value] of wanted) {
    if (!present.has(path) || present.get(path) === value) continue;
    for (const { entry, paths } of others) {
      if (!paths.has(path)) continue;
      if (force) paths.delete(path);
      else {
        causes.push({
          reason: 'FieldManagerConflict',
          message: `conflict with ${JSON.stringify(entry.manager)}`,
          field: fieldName(path),
        });
      }
    }
  }
  if (causes.length) {
    const each = causes.map(({ message, field }) => `${message}: ${field}`).join('\n');
    const count = `${causes.length} conflict${causes.length > 1 ? 's' : ''}`;
    throw new StatusError(409, 'Conflict', `Apply failed with ${count}: ${each}`, { causes });
  }
  const { managedFields: _m, ...metadata } = applied.metadata;
  const configuration = { ...applied, metadata };
  const object = (
    resource.custom ? mergePatch(live, configuration) : strategicMerge(live, configuration)
  ) as KubeObject;
  for (const path of own ? flatten(own.fieldsV1).keys() : []) {
    if (!wanted.has(path) && !others.some(({ paths }) => paths.has(path))) removePath(object, path);
  }
  const managed = [
    ...others
      .filter(({ paths }) => paths.size > 0)
      .map(({ entry, paths }) => ({ ...entry, fieldsV1: unflatten([...paths]) })),
    appliedFields(resource, applied, manager, time),
  ];
  return { object, managed };
}

/** Paths of a configuration with their values. Only items of lists are named as such, not maps. */
function appliedPaths(resource: ServedResource, applied: KubeObject): Map<string, string> {
  const { status: _s, ...configuration } = applied;
  const paths = flatten(fieldTree(resource, configuration as KubeObject, true));
  for (const path of paths.keys()) {
    const steps = path.split(separator);
    if (steps.at(-1) === '.' && !steps.at(-2)?.startsWith('k:')) paths.delete(path);
  }
  return paths;
}

/** `.spec.containers[name="a"].image` */
function fieldName(path: string): string {
  return path
    .split(separator)
    .filter((step) => step !== '.')
    .map((step) => {
      if (!step.startsWith('k:')) return `.${step.slice(2)}`;
      const key = JSON.parse(step.slice(2)) as Record<string, unknown>;
      return `[${Object.entries(key)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}

function removePath(object: KubeObject, path: string): void {
  const steps = path.split(separator).filter((step) => step !== '.');
  let at: unknown = object;
  for (const [index, step] of steps.entries()) {
    if (at === null || typeof at !== 'object') return;
    if (step.startsWith('k:')) {
      const key = Object.entries(JSON.parse(step.slice(2)) as Record<string, unknown>);
      const list = at as Record<string, unknown>[];
      const found = list.findIndex((item) => key.every(([name, value]) => item[name] === value));
      if (found < 0) return;
      if (index === steps.length - 1) list.splice(found, 1);
      else at = list[found];
      continue;
    }
    const holder = at as Record<string, unknown>;
    const name = step.slice(2);
    if (index === steps.length - 1) delete holder[name];
    else at = holder[name];
  }
}
