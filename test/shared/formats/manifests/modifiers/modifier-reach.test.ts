import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { ruleOnRights } from '../../../../../shared/formats/manifests/modifiers/modifier-reach';
import { parse } from '../../../../../shared/platform/input/parse';
import { resourceModifiersSchema } from '../../../../../shared/formats/manifests/modifiers/resource-modifiers';

const applied = '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration';
const check = (rules: object[]) =>
  parse(resourceModifiersSchema, { version: 'v1', resourceModifierRules: rules }, 'the rules');
const patching = (groupResource: string, ...patches: object[]) => ({
  conditions: { groupResource },
  patches,
});
const copy = (from: string, path = '/metadata/annotations/x') => ({ operation: 'copy', from, path });
const merging = (patchData: string, groupResource = 'secrets') => ({
  conditions: { groupResource },
  mergePatches: [{ patchData }],
});
const strategic = (patchData: string) => ({
  conditions: { groupResource: 'deployments.apps' },
  strategicPatches: [{ patchData }],
});
const matching = (path: string, groupResource = 'secrets', more = {}) => ({
  conditions: { groupResource, matches: [{ path, value: 'aHVudGVyMg==', ...more }] },
  mergePatches: [{ patchData: 'metadata: {labels: {a: b}}' }],
});

describe('resource modifiers that read the values of Secrets', () => {
  it.each([
    ['a copy', patching('secrets', copy('/data/password'))],
    [
      'a copy whose operation is in capitals',
      patching('secrets', { ...copy('/data/password'), operation: 'COPY' }),
    ],
    ['a move', patching('secrets', { ...copy('/data/password'), operation: 'move' })],
    [
      'a move from one key to another',
      patching('secrets', { operation: 'move', from: '/data/a', path: '/data/b' }),
    ],
    ['a copy of stringData', patching('secrets', copy('/stringData/password'))],
    ['a copy of all data', patching('secrets', copy('/data'))],
    ['a copy of the whole object', patching('secrets', copy(''))],
    ['a copy that says not from where', patching('secrets', { operation: 'copy', path: '/metadata/labels' })],
    ['a copy of the last-applied annotation', patching('secrets', copy(applied))],
    ['a copy of all annotations', patching('secrets', copy('/metadata/annotations', '/metadata/x'))],
    ['a copy of the metadata', patching('secrets', copy('/metadata', '/x'))],
    ['a test', patching('secrets', { operation: 'test', path: '/data/password', value: 'aHVudGVyMg==' })],
    ['a test of all data', patching('secrets', { operation: 'Test', path: '/data', value: '{}' })],
    [
      'a test of the last-applied annotation',
      patching('secrets', { operation: 'test', path: applied, value: 'x' }),
    ],
    ['a path with an escape of JSON', patching('secrets', copy('/\\u0064ata/password'))],
    [
      'another operation in the text of a value',
      patching('secrets', {
        operation: 'add',
        path: '/metadata/labels/x',
        value: '"y","op":"copy","from":"/data/password"',
      }),
    ],
    [
      'another source in the text of a path',
      patching('secrets', copy('/metadata/name', '/metadata/labels/x","from":"/data/password')),
    ],
    ['a condition', matching('/data/password')],
    ['a condition on the last-applied annotation', matching(applied)],
    [
      'a condition whose path lies in the text of another value',
      matching('/metadata/name', 'secrets', { value: '"s","path":"/data/password"' }),
    ],
    ['a second operation', patching('secrets', copy('/metadata/labels/a'), copy('/data/password'))],
    ['the pattern *', patching('*', copy('/data/password'))],
    ['the pattern **', matching('/data/password', '**')],
    ['the pattern s*', patching('s*', copy('/data/password'))],
    ['the pattern {configmaps,secrets}', patching('{configmaps,secrets}', copy('/data/password'))],
    ['the pattern secret?', patching('secret?', copy('/data/password'))],
    ['the pattern [s]ecrets', patching('[s]ecrets', copy('/data/password'))],
  ])('are refused: %s', (_, rule) => {
    expect(() => check([rule])).toThrow(/resourceModifierRules\.0 reads the values of Secrets/);
  });

  it('are told apart from those of other resources, and from those that write', () => {
    check([
      patching('configmaps', copy('/data/a')),
      patching('secrets.example.com', copy('/data/a')),
      matching('/data/a', 'configmaps'),
      patching('secrets', copy('/metadata/labels/a')),
      patching('secrets', { operation: 'test', path: '/type', value: 'Opaque' }),
      patching('secrets', { operation: 'replace', path: '/data/host', value: 'c3RhbmRieQ==' }),
      patching('secrets', { operation: 'remove', path: applied }),
      patching('secrets', copy('/dat')),
      merging('stringData: {host: standby}'),
      matching('/metadata/labels/a'),
    ]);
  });
});

describe('resource modifiers with a condition that is not a test', () => {
  const beside = (...matches: object[]) => ({
    conditions: { groupResource: 'secrets', matches },
    mergePatches: [{ patchData: 'metadata: {labels: {a: b}}' }],
  });

  it.each([
    ['a path that is no JSON', { path: '/a"b', value: 'x' }],
    ['a value that is no JSON', { path: '/a', value: '{b' }],
    ['a name in the text of a value', { path: '/a', value: '"s","op":"replace","path":"/metadata/name"' }],
    ['a copy in the text of a value', { path: '/a', value: '"s","op":"copy","from":"/metadata/labels"' }],
    ['an operation in capitals', { path: '/a', value: '"s","op":"TEST"' }],
  ])('are refused, alone and beside a guess: %s', (_, condition) => {
    const refused = /resourceModifierRules\.0 has a condition in matches that is not a test/;
    expect(() => check([beside(condition)])).toThrow(refused);
    expect(() => check([beside({ path: '/data/password', value: 'eA==' }, condition)])).toThrow(refused);
  });
});

describe('resource modifiers that change what an object is', () => {
  it.each([
    ['a name', patching('secrets', { operation: 'replace', path: '/metadata/name', value: 'x' })],
    [
      'a name of any resource',
      patching('configmaps', { operation: 'add', path: '/metadata/name', value: 'x' }),
    ],
    ['a namespace', patching('pods', { operation: 'remove', path: '/metadata/namespace' })],
    ['a kind', patching('secrets', { operation: 'replace', path: '/kind', value: 'ConfigMap' })],
    [
      'an API version',
      patching('deployments.apps', { operation: 'replace', path: '/apiVersion', value: 'v1' }),
    ],
    ['all metadata', patching('pods', { operation: 'replace', path: '/metadata', value: '{"name":"x"}' })],
    [
      'a name that is moved away',
      patching('pods', { operation: 'move', from: '/metadata/name', path: '/x' }),
    ],
    ['a kind that is copied to', patching('pods', copy('/spec/x', '/kind'))],
    ['a merge of a name', merging('metadata: {name: x}')],
    ['a merge of a namespace', merging('{"metadata":{"namespace":"other"}}', 'configmaps')],
    ['a merge of a kind', merging('kind: ConfigMap')],
    ['a merge of an API version', merging('apiVersion: example.com/v1')],
    ['a merge that removes the metadata', merging('metadata: null')],
    ['a merge that removes the kind', merging('kind: null')],
    ['a strategic merge of a kind', strategic('kind: StatefulSet')],
    ['a strategic merge in the place of all', strategic('$patch: replace\nspec: {}')],
    ['a strategic merge in the place of the metadata', strategic('metadata: {$patch: replace, labels: {}}')],
    ['a strategic merge that keeps some keys', strategic('$retainKeys: [spec]\nspec: {}')],
  ])('are refused: %s', (_, rule) => {
    expect(() => check([rule])).toThrow(/resourceModifierRules\.0 changes the name, namespace or kind/);
  });

  it('name the remedy', () => {
    expect(() => check([merging('kind: ConfigMap')])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('leave that field out') }),
    );
  });
});

// https://velero.io/docs/v1.17/restore-resource-modifiers/
it.each([
  [
    'JSON patches',
    `
    - conditions:
        groupResource: persistentvolumeclaims
        resourceNameRegex: "^mysql.*$"
        namespaces: [bar, foo]
        labelSelector: {matchLabels: {foo: bar}}
      patches:
      - {operation: replace, path: "/spec/storageClassName", value: "premium"}
      - {operation: remove, path: "/metadata/labels/test"}`,
  ],
  [
    'tests, copies and wildcards',
    `
    - conditions: {groupResource: "*", resourceNameRegex: "^mysql.*$"}
      patches:
      - {operation: test, path: "/spec/replicas", value: "1"}
      - {operation: copy, from: "/spec/template/spec/containers/0", path: "/spec/template/spec/containers/1"}`,
  ],
  [
    'conditions on content',
    `
    - conditions:
        groupResource: persistentvolumeclaims.storage.k8s.io
        matches:
        - {path: "/spec/storageClassName", value: "premium"}
      patches:
      - {operation: replace, path: "/spec/storageClassName", value: "standard"}`,
  ],
  [
    'merge patches',
    `
    - conditions: {groupResource: pods, namespaces: [ns1]}
      mergePatches:
      - patchData: |
          {"metadata": {"annotations": {"foo": null}}}`,
  ],
  [
    'strategic merge patches',
    `
    - conditions: {groupResource: pods, resourceNameRegex: "^my-pod$", namespaces: [ns1]}
      strategicPatches:
      - patchData: |
          {"spec": {"containers": [{"name": "nginx", "image": "repo2/nginx"}]}}`,
  ],
])("Velero's documented modifiers are taken as they are: %s", (_, rules) => {
  const file = load(`version: v1\nresourceModifierRules:${rules}`);
  expect(() => parse(resourceModifiersSchema, file, 'the file')).not.toThrow();
});

describe('resource modifiers that touch roles and their bindings', () => {
  it.each([
    'roles.rbac.authorization.k8s.io',
    'clusterrolebindings.rbac.authorization.k8s.io',
    '*.rbac.authorization.k8s.io',
    'role*.rbac.*.k8s.io',
    '**',
    '{pods,rolebindings.rbac.authorization.k8s.io}',
    'rolebindings.authorization.openshift.io',
    '*.authorization.openshift.io',
  ])('are found: %s', (groupResource) => {
    const rules = check([merging('metadata: {labels: {a: b}}', groupResource)]);
    expect(ruleOnRights(rules)).toBe(groupResource);
  });

  it.each(['*', 'secrets', '*.apps', 'roles', 'roles.example.com'])(
    'are none of them: %s',
    (groupResource) => {
      expect(ruleOnRights(check([merging('metadata: {labels: {a: b}}', groupResource)]))).toBeUndefined();
    },
  );
});
