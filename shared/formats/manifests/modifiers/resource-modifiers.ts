import * as v from 'valibot';
import { compileNamePattern } from './go-regexp';
import { isMap } from '../../../platform/input/is-map';
import { labelSelectorSchema } from '../selection/label-selector';
import { forbiddenReach } from './modifier-reach';
import { jsonPatchOf } from './modifier-value';
import { fault } from '../../../platform/input/parse';
import { loadYaml } from '../../../platform/input/safe-yaml';

const patchDataSchema = v.strictObject({
  /** YAML or JSON. */
  patchData: v.pipe(
    v.string(),
    v.check(
      isYamlMap,
      fault('is not a patch in YAML', 'write the fields to be changed as YAML or JSON, without aliases'),
    ),
  ),
});

/** A number or a boolean in the YAML is text all the same (sigs.k8s.io/yaml). */
const textSchema = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

const operations = ['add', 'remove', 'replace', 'test', 'move', 'copy'];

const jsonPatchSchema = v.pipe(
  v.strictObject({
    operation: v.pipe(
      v.string(),
      v.check(
        (text) => operations.includes(text.toLowerCase()),
        fault('is not an operation of a JSON patch', `write one of ${operations.join(', ')}`),
      ),
    ),
    from: v.optional(v.string()),
    path: v.pipe(v.string(), v.minLength(1, fault('is empty', 'write a path, such as /spec/replicas'))),
    value: v.optional(textSchema),
  }),
  v.check(
    (patch) => jsonPatchOf([patch]) !== undefined,
    fault('is no JSON patch', 'quote a value that is to be text: value: "\\"1\\""'),
  ),
);

const ruleSchema = v.pipe(
  v.strictObject({
    conditions: v.strictObject({
      namespaces: v.optional(v.array(v.string())),
      groupResource: v.pipe(
        v.string(),
        v.minLength(1, fault('is empty', 'write a resource, such as deployments.apps')),
      ),
      resourceNameRegex: v.optional(
        v.pipe(
          v.string(),
          v.check(
            (text) => compileNamePattern(text) !== undefined,
            fault(
              'is not a regular expression of at most 500 characters that Go (RE2) understands',
              'correct it',
            ),
          ),
        ),
      ),
      labelSelector: v.optional(labelSelectorSchema),
      matches: v.optional(
        v.array(
          v.strictObject({
            path: v.pipe(v.string(), v.minLength(1, fault('is empty', 'write a path, such as /spec/type'))),
            value: v.optional(textSchema),
          }),
        ),
      ),
    }),
    patches: v.optional(v.array(jsonPatchSchema)),
    mergePatches: v.optional(v.array(patchDataSchema)),
    strategicPatches: v.optional(v.array(patchDataSchema)),
  }),
  v.check(
    ({ patches, mergePatches, strategicPatches }) =>
      [patches, mergePatches, strategicPatches].filter((list) => list?.length).length === 1,
    fault(
      'must have exactly one of patches, mergePatches, strategicPatches',
      'write a rule of its own for each',
    ),
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    const forbidden = dataset.typed && !dataset.issues ? forbiddenReach(dataset.value) : undefined;
    if (forbidden) addIssue({ message: fault(forbidden.fault, forbidden.remedy) });
  }),
);

/** The content of Velero's resource modifiers, as its ConfigMap has it (internal/resourcemodifiers of Velero, v1). */
export const resourceModifiersSchema = v.strictObject({
  version: v.pipe(
    v.string(),
    v.check((text) => text.toLowerCase() === 'v1', fault('is not v1', 'write version: v1')),
  ),
  resourceModifierRules: v.pipe(
    v.array(ruleSchema),
    v.minLength(1, fault('is empty', 'write at least one rule')),
  ),
});

export type ResourceModifiers = v.InferOutput<typeof resourceModifiersSchema>;
export type ResourceModifierRule = ResourceModifiers['resourceModifierRules'][number];

function isYamlMap(text: string): boolean {
  try {
    return isMap(loadYaml('patchData', text));
  } catch {
    return false;
  }
}
