import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { LifeboatError } from '../../../platform/errors';
import { compileNamePattern } from '../../../formats/manifests/modifiers/go-regexp';
import { type ForbiddenReach, forbiddenReach } from '../../../formats/manifests/modifiers/modifier-reach';
import {
  type JsonPatchOperation,
  jsonPatchOf,
  testOf,
} from '../../../formats/manifests/modifiers/modifier-value';
import { matchesSelector } from '../../../formats/manifests/selection/label-match';
import { NameFilter } from '../../../formats/manifests/selection/name-filter';
import { JsonPatchError, jsonPatch } from '../../../formats/manifests/modifiers/patch/json-patch';
import { mergePatch } from '../../../formats/manifests/modifiers/patch/merge-patch';
import { strategicMerge } from '../../../formats/manifests/modifiers/patch/strategic-merge';
import { loadYaml } from '../../../platform/input/safe-yaml';
import { resourceGlob } from '../../../formats/manifests/selection/resource-glob';
import type {
  ResourceModifierRule,
  ResourceModifiers,
} from '../../../formats/manifests/modifiers/resource-modifiers';
import { isBuiltInGroup } from '../convert/built-in-groups';
import { copyDocument } from '../document/document';

/** A rule made ready to be applied to many objects. */
interface Rule {
  matches(object: KubeObject, groupResources: readonly string[]): boolean;
  apply(object: KubeObject): KubeObject;
}

/**
 * Velero's resource modifiers (internal/resourcemodifiers). Conditions look at the object as it was before the first rule; all
 * rules that match apply in order. A failed `test` leaves out its rule and nothing else; a rule that cannot be applied is an
 * error, and the object is restored all the same.
 */
export class Modifiers {
  readonly #rules: Rule[];

  constructor({ resourceModifierRules }: ResourceModifiers) {
    this.#rules = resourceModifierRules.map(readyRule);
  }

  /** Adds the indexes of the rules whose conditions hold for an object to `matched`; those in it are not looked at again. */
  noteMatching(object: KubeObject, groupResources: readonly string[], matched: Set<number>): void {
    this.#rules.forEach((rule, index) => {
      if (matched.has(index)) return;
      try {
        if (rule.matches(object, groupResources)) matched.add(index);
      } catch (error) {
        // It matches, and the object's report will say what is wrong with its test.
        if (!(error instanceof JsonPatchError)) throw error;
        matched.add(index);
      }
    });
  }

  /**
   * Changes `object`, which lies in its namespace of the backup still.
   * @param groupResources its names: that in the archive, and that in the target
   * @returns what went wrong, one line each
   */
  apply(object: KubeObject, groupResources: readonly string[]): string[] {
    const faults: string[] = [];
    const origin = this.#rules.length > 1 ? copyDocument(object) : object;
    this.#rules.forEach((rule, index) => {
      try {
        if (rule.matches(origin, groupResources)) replace(object, rule.apply(object));
      } catch (error) {
        if (!(error instanceof JsonPatchError || error instanceof LifeboatError)) throw error;
        faults.push(`resource modifier ${index + 1}: ${error.message}`);
      }
    });
    return faults;
  }
}

function readyRule(rule: ResourceModifierRule): Rule {
  const { conditions, ...patches } = rule;
  const namespaces = new NameFilter(conditions.namespaces);
  const resource = resourceGlob(conditions.groupResource);
  const name = conditions.resourceNameRegex ? compileNamePattern(conditions.resourceNameRegex) : undefined;
  // A request that an older release has taken may hold one: its tests are asked of nothing.
  const forbidden = forbiddenReach(rule);
  const tests = forbidden ? [] : (conditions.matches ?? []).flatMap((one) => testOf(one) ?? []);
  return {
    matches({ metadata, ...rest }, groupResources) {
      const { namespace, labels } = metadata;
      if (namespace && !namespaces.takes(namespace)) return false;
      if (!groupResources.some(resource)) return false;
      if (name && !name.test(metadata.name)) return false;
      if (conditions.labelSelector && !matchesSelector(conditions.labelSelector, labels)) return false;
      return tests.length === 0 || holds({ metadata, ...rest }, tests);
    },
    apply: forbidden ? refusing(forbidden) : applying(patches),
  };
}

function refusing({ fault, remedy }: ForbiddenReach): Rule['apply'] {
  return () => {
    throw new LifeboatError('invalid', `the rule ${fault}`, { hint: remedy });
  };
}

function applying({
  patches,
  mergePatches,
  strategicPatches,
}: Omit<ResourceModifierRule, 'conditions'>): (object: KubeObject) => KubeObject {
  if (patches?.length) {
    const operations = jsonPatchOf(patches);
    return (object) => applyJsonPatch(object, operations ?? []);
  }
  const data = (mergePatches?.length ? mergePatches : (strategicPatches ?? [])).map(({ patchData }) =>
    loadYaml('patchData', patchData),
  );
  if (mergePatches?.length) {
    return (object) =>
      data.reduce((value, patch) => mergePatch(value, patch), object as unknown) as KubeObject;
  }
  return (object) => {
    if (!isBuiltInGroup(object.apiVersion)) {
      throw new LifeboatError(
        'invalid',
        `a strategic merge patch is only for kinds that are built into Kubernetes, and ${object.kind} is not`,
      );
    }
    return data.reduce((value, patch) => strategicMerge(value, patch), object as unknown) as KubeObject;
  };
}

function holds(object: KubeObject, tests: JsonPatchOperation[]): boolean {
  try {
    jsonPatch(object, tests, (value) => value);
    return true;
  } catch (error) {
    if (error instanceof JsonPatchError && error.fault !== 'malformed') return false;
    throw error;
  }
}

function applyJsonPatch(object: KubeObject, operations: JsonPatchOperation[]): KubeObject {
  try {
    return jsonPatch(object, operations, copyDocument) as KubeObject;
  } catch (error) {
    if (error instanceof JsonPatchError && error.fault === 'test-failed') return object;
    throw error;
  }
}

/** The content of one object in the place of another's. */
function replace(object: KubeObject, changed: KubeObject): void {
  if (object === changed) return;
  for (const key of Object.keys(object)) if (!Object.hasOwn(changed, key)) delete object[key];
  Object.assign(object, changed);
}
