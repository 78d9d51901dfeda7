import { isMap } from '../../../platform/input/is-map';
import { type JsonPatchOperation, jsonPatchOf, type ModifierPatch, testOf } from './modifier-value';
import { readPointer } from './patch/json-patch';
import { resourceGlob } from '../selection/resource-glob';
import { rightsResources } from '../rights-groups';
import { loadYaml } from '../../../platform/input/safe-yaml';
import { lastAppliedAnnotation } from './secret-values';

/** A rule of resource modifiers, as far as this looks into it. */
interface ModifierRule {
  conditions: { groupResource: string; matches?: readonly { path: string; value?: string }[] };
  patches?: readonly ModifierPatch[];
  mergePatches?: readonly { patchData: string }[];
  strategicPatches?: readonly { patchData: string }[];
}

/** What a rule must not do, and the remedy. */
export interface ForbiddenReach {
  fault: string;
  remedy: string;
}

/** Where an object has its name, namespace and kind. A restore has decided by these before it modifies anything. */
const identity = [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace']];

/** Where a Secret has its values. */
const values = [['data'], ['stringData'], ['metadata', 'annotations', lastAppliedAnnotation]];

/**
 * Why nobody may use a rule, whatever their role: it gives objects another name, namespace or kind, or it reads the values of
 * Secrets, which would come out of the restore's report under another name, or one guess at a time. Nor one with a condition
 * that is not a test: it would be left out, or change the object. Undefined for any other rule. A pattern that matches Secrets
 * among others counts as one for Secrets.
 */
export function forbiddenReach(rule: ModifierRule): ForbiddenReach | undefined {
  const { conditions, patches = [], mergePatches = [], strategicPatches = [] } = rule;
  const tests = (conditions.matches ?? []).map(testOf);
  if (tests.includes(undefined)) {
    return {
      fault: 'has a condition in matches that is not a test of a JSON patch',
      remedy: 'write a path, such as /spec/type, and quote a value that is to be text: value: "\\"1\\""',
    };
  }
  const operations = jsonPatchOf(patches) ?? [];
  const changed =
    operations.flatMap(writtenBy).find((pointer) => reaches(pointer, identity)) ??
    mergePatches.map(({ patchData }) => identityIn(patchData, false)).find(isSet) ??
    strategicPatches.map(({ patchData }) => identityIn(patchData, true)).find(isSet);
  if (changed !== undefined) {
    return {
      fault: `changes the name, namespace or kind of objects (${changed})`,
      remedy: 'leave that field out; --namespace-mappings sends objects to another namespace',
    };
  }
  if (!resourceGlob(conditions.groupResource)('secrets')) return undefined;
  const read = [...operations, ...tests.filter(isSet)]
    .flatMap(readBy)
    .find((pointer) => reaches(pointer, values));
  if (read === undefined) return undefined;
  return {
    fault: `reads the values of Secrets (${read || 'the whole object'})`,
    remedy:
      'name the resource that is meant in groupResource; a value of a Secret can be written, and not tested, matched, copied or moved',
  };
}

/** The pattern of the first rule that may change roles or their bindings, which takes the role `admin`. */
export function ruleOnRights({
  resourceModifierRules,
}: {
  resourceModifierRules: readonly ModifierRule[];
}): string | undefined {
  return resourceModifierRules
    .map(({ conditions }) => conditions.groupResource)
    .find((pattern) => rightsResources.some(resourceGlob(pattern)));
}

function writtenBy({ op, path, from }: JsonPatchOperation): string[] {
  if (op === 'test') return [];
  return op === 'move' ? [path, from ?? ''] : [path];
}

function readBy({ op, path, from }: JsonPatchOperation): string[] {
  if (op === 'test') return [path];
  return op === 'copy' || op === 'move' ? [from ?? ''] : [];
}

/** Whether a pointer is one of the places, lies in it, or holds it. */
function reaches(pointer: string, places: readonly (readonly string[])[]): boolean {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) return false;
  const steps = readPointer(pointer).slice(1);
  return places.some((place) => place.every((step, at) => at >= steps.length || steps[at] === step));
}

/** The field by which a merge would change what an object is. @param strategic with the directives of strategic merges */
function identityIn(patchData: string, strategic: boolean): string | undefined {
  const patch = loadYaml('patchData', patchData);
  if (!isMap(patch)) return undefined;
  const { metadata } = patch;
  if (Object.hasOwn(patch, 'metadata') && !isMap(metadata)) return 'metadata';
  const holders = [patch, ...(isMap(metadata) ? [metadata] : [])];
  if (strategic) {
    const directive = ['$patch', '$retainKeys'].find((name) =>
      holders.some((one) => Object.hasOwn(one, name)),
    );
    if (directive !== undefined) return directive;
  }
  for (const [...steps] of identity) {
    const name = steps.pop()!;
    const holder = steps.length === 0 ? patch : metadata;
    if (isMap(holder) && Object.hasOwn(holder, name)) return [...steps, name].join('.');
  }
  return undefined;
}

function isSet<T>(value: T | undefined): value is T {
  return value !== undefined;
}
