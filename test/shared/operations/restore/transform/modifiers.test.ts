import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { parse } from '../../../../../shared/platform/input/parse';
import { resourceModifiersSchema } from '../../../../../shared/formats/manifests/modifiers/resource-modifiers';
import { Modifiers } from '../../../../../shared/operations/restore/transform/modifiers';
import { resourceGlob } from '../../../../../shared/formats/manifests/selection/resource-glob';

const web = (): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: {
    replicas: 2,
    template: { spec: { containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] }] } },
  },
});

/** The object after rules in YAML, and what went wrong. */
function modified(yaml: string, object = web(), name = 'deployments.apps') {
  const modifiers = parse(
    resourceModifiersSchema,
    load(`version: v1\nresourceModifierRules:\n${yaml}`),
    'rules',
  );
  const faults = new Modifiers(modifiers).apply(object, [name]);
  return { object, faults };
}
const rule = (conditions: string, patches = '{operation: replace, path: /spec/replicas, value: "7"}') =>
  `- conditions: {groupResource: deployments.apps${conditions}}\n  patches: [${patches}]\n`;
const replicas = (yaml: string) => modified(yaml).object.spec?.replicas;

// Expected values follow Velero's internal/resourcemodifiers and its documentation of restore resource modifiers.
describe('the resource modifiers of Velero', () => {
  it.each([
    ['', true],
    [', namespaces: [shop]', true],
    [', namespaces: [other]', false],
    [', namespaces: ["sh*"]', true],
    [', resourceNameRegex: "^we"', true],
    [', resourceNameRegex: "^eb"', false],
    [', resourceNameRegex: "(?i)WEB"', true],
    [', labelSelector: {matchLabels: {app: web}}', true],
    [', labelSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}', false],
    [', matches: [{path: /spec/replicas, value: "2"}]', true],
    [', matches: [{path: /spec/replicas, value: "3"}]', false],
    [', matches: [{path: /spec/nothing/here, value: "3"}]', false],
    [', matches: [{path: /metadata/labels/app, value: web}]', true],
  ])('with the condition %s match: %s', (condition, matches) => {
    expect(replicas(rule(condition))).toBe(matches ? 7 : 2);
  });

  it.each([
    ['7', 7],
    ['"\\"7\\""', '7'],
    ['"true"', true],
    ['"\\"true\\""', 'true'],
    ['"null"', null],
    ['text', 'text'],
    ['"{\\"a\\":[1]}"', { a: [1] }],
    ['""', ''],
    ['"1.5.2"', '1.5.2'],
  ])('guesses the type of the value %s', (value, expected) => {
    const patch = `{operation: add, path: /spec/x, value: ${value}}`;
    expect(modified(rule('', patch)).object.spec?.x).toEqual(expected);
  });

  it('applies all rules that match in order, with conditions on the object as it was', () => {
    const yaml =
      rule('', '{operation: replace, path: /spec/replicas, value: "3"}') +
      rule(
        ', matches: [{path: /spec/replicas, value: "2"}]',
        '{operation: add, path: /spec/paused, value: "true"}',
      );
    expect(modified(yaml).object.spec).toMatchObject({ replicas: 3, paused: true });
  });

  it('leaves a rule out whose test fails, and tells of one that cannot be applied; the others go on', () => {
    const test =
      '{operation: test, path: /spec/replicas, value: "9"}, {operation: remove, path: /spec/replicas}';
    expect(modified(rule('', test))).toEqual({ object: web(), faults: [] });
    const broken = rule(
      '',
      '{operation: add, path: /spec/a, value: x}, {operation: remove, path: /spec/none}',
    );
    const { object, faults } = modified(broken + rule(''));
    expect(faults).toEqual([expect.stringMatching(/^resource modifier 1: there is nothing at \/spec\/none/)]);
    expect(object.spec).toEqual({ ...web().spec, replicas: 7 });
  });

  it('names the remedy where the map that is added to is not there', () => {
    const bare: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: 'shop' },
    };
    const faultsOf = (patch: string) =>
      modified(`- conditions: {groupResource: configmaps}\n  ${patch}\n`, structuredClone(bare), 'configmaps')
        .faults;
    expect(faultsOf('patches: [{operation: add, path: /metadata/labels/a~1b, value: x}]')).toEqual([
      'resource modifier 1: there is nothing at /metadata/labels to add /metadata/labels/a~1b to: add /metadata/labels first, where it is missing, or use mergePatches, which make it',
    ]);
    expect(faultsOf('patches: [{operation: copy, from: /metadata/name, path: /data/a/b}]')).toEqual([
      expect.stringContaining('add /data first'),
    ]);
    expect(
      faultsOf(
        'patches: [{operation: add, path: /metadata/labels, value: "{}"}, {operation: add, path: /metadata/labels/a~1b, value: x}]',
      ),
    ).toEqual([]);
    expect(faultsOf('mergePatches: [{patchData: \'{"metadata":{"labels":{"a/b":"x"}}}\'}]')).toEqual([]);
  });

  it('copies and moves', () => {
    const patch =
      '{operation: copy, from: /spec/replicas, path: /spec/was}, {operation: move, from: /metadata/labels/app, path: /metadata/labels/a~1b}';
    const { object } = modified(rule('', patch));
    expect(object.spec?.was).toBe(2);
    expect(object.metadata.labels).toEqual({ 'a/b': 'web' });
  });

  it('merges by RFC 7396, and strategically by the keys of lists', () => {
    const conditions = '- conditions: {groupResource: deployments.apps}\n';
    const merge = `${conditions}  mergePatches: [{patchData: "spec: {replicas: null, paused: true}"}]\n`;
    expect(modified(merge).object.spec).toEqual({ paused: true, template: web().spec?.template });
    const strategic =
      `${conditions}  strategicPatches:\n` +
      '  - patchData: \'{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"web:2"},{"name":"side","image":"side:1"}]}}}}\'\n' +
      '  - patchData: \'{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"$patch":"delete","name":"A"}]}]}}}}\'\n';
    expect(modified(strategic).object.spec?.template).toEqual({
      spec: {
        containers: [
          { name: 'web', image: 'web:2', env: [] },
          { name: 'side', image: 'side:1' },
        ],
      },
    });
  });

  it('patches no custom resource strategically, as Velero does not', () => {
    const yaml =
      '- conditions: {groupResource: gadgets.example.com}\n  strategicPatches: [{patchData: "spec: {a: 1}"}]\n';
    const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' } };
    const { faults } = modified(yaml, { ...gadget }, 'gadgets.example.com');
    expect(faults).toEqual([expect.stringContaining('Gadget is not')]);
  });

  it.each([
    ['deployments.apps', 'deployments.apps', true],
    ['*.apps', 'deployments.apps', true],
    ['*', 'pods', true],
    ['*', 'deployments.apps', false],
    ['**', 'deployments.apps', true],
    ['{pods,services}', 'services', true],
    ['deploy?ents.apps', 'deployments.apps', true],
    ['deployments', 'deployments.apps', false],
  ])('take %s for %s: %s', (pattern, groupResource, matches) => {
    expect(resourceGlob(pattern)(groupResource)).toBe(matches);
  });

  it.each([
    [
      'version: v2\nresourceModifierRules: [{conditions: {groupResource: a}, mergePatches: [{patchData: "a: 1"}]}]',
      'version is not v1',
    ],
    ['version: v1\nresourceModifierRules: []', 'resourceModifierRules is empty'],
    ['version: v1\nresourceModifierRules: [{conditions: {groupResource: a}}]', 'must have exactly one of'],
    [
      'version: v1\nresourceModifierRules: [{conditions: {groupResource: a}, patches: [{operation: put, path: /a}]}]',
      'is not an operation',
    ],
    [
      'version: v1\nresourceModifierRules: [{conditions: {groupResource: a, resourceNameRegex: "("}, mergePatches: [{patchData: "a: 1"}]}]',
      'is not a regular expression',
    ],
    [
      'version: v1\nresourceModifierRules: [{conditions: {groupResource: a}, mergePatches: [{patchData: "- a"}]}]',
      'is not a patch in YAML',
    ],
    [
      'version: v1\nresourceModifierRules: [{conditions: {groupResource: a, matches: [{path: /a, value: "{"}]}, mergePatches: [{patchData: "a: 1"}]}]',
      'is not a test of a JSON patch',
    ],
  ])('are refused when they are saved: %s', (yaml, message) => {
    expect(() => parse(resourceModifiersSchema, load(yaml), 'rules')).toThrow(message);
  });
  it('change nothing by a condition that is not a test, where an older release has taken it', () => {
    const value = '"web","op":"replace","path":"/metadata/namespace","value":"kube-system"';
    const conditions = { groupResource: 'deployments.apps', matches: [{ path: '/metadata/name', value }] };
    const modifiers = new Modifiers({
      version: 'v1',
      resourceModifierRules: [{ conditions, mergePatches: [{ patchData: 'spec: {replicas: 7}' }] }],
    });
    const object = web();
    expect(modifiers.apply(object, ['deployments.apps'])).toEqual([
      expect.stringContaining('has a condition in matches that is not a test'),
    ]);
    expect(object).toEqual(web());
  });
});
