import { describe, expect, it } from '@jest/globals';
import { resourcePoliciesSchema } from '../../../../shared/formats/manifests/resource-policies';
import { LifeboatError } from '../../../../shared/platform/errors';
import { parse } from '../../../../shared/platform/input/parse';
import { loadYaml } from '../../../../shared/platform/input/safe-yaml';

const read = (value: unknown) => parse(resourcePoliciesSchema, value, 'resource policies');

function refusal(value: unknown): { message: string; hint?: string } {
  try {
    read(value);
  } catch (error) {
    if (error instanceof LifeboatError && error.kind === 'invalid')
      return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('it was taken');
}

/** The example of Velero's documentation (site/content/docs, resource-filtering), with all that a policy may say. */
const documented = `
version: v1
volumePolicies:
- conditions:
    capacity: "10Gi,100Gi"
    csi:
      driver: disk.csi.test
      volumeAttributes:
        foo: bar
    storageClass: [gp2, standard]
    pvcPhase: [Bound, Pending]
  action:
    type: skip
- conditions:
    nfs: {}
  action: {type: skip}
- conditions:
    nfs:
      server: 192.168.200.90
      path: /mnt/data
  action: {type: fs-backup}
- conditions:
    volumeTypes: [emptyDir, downwardAPI, configMap, storageOS]
  action: {type: skip}
- conditions:
    pvcLabels: {environment: production}
  action: {type: snapshot}
- action: {type: skip}
includeExcludePolicy:
  includedClusterScopedResources: [storageclasses]
  excludedClusterScopedResources: [nodes]
  includedNamespaceScopedResources: [pods]
  excludedNamespaceScopedResources: [secrets]
  includedNamespacesByLabel: ["team=shop,env in (a,b)"]
  excludedNamespacesByLabel: ["!owner"]
  labelSelectorLogic: AND
`;

describe('resource policies', () => {
  it("are taken as Velero's ConfigMap has them", () => {
    const value = loadYaml('policies', documented) as { volumePolicies: object[] };
    expect(read(value)).toEqual({
      ...value,
      volumePolicies: value.volumePolicies.map((policy) => ({ conditions: {}, ...policy })),
    });
  });

  const policy = (conditions: object, action: object = { type: 'skip' }) => ({
    version: 'v1',
    volumePolicies: [{ conditions, action }],
  });
  const lists = (includeExcludePolicy: object) => ({ version: 'v1', includeExcludePolicy });
  const condition = 'volumePolicies.0.conditions';

  it.each<[string, unknown, string]>([
    ['no version', {}, 'version is missing'],
    ['another version', { version: 'v2' }, 'version is not v1'],
    ['an unknown field', { version: 'v1', otherPolicies: [] }, 'otherPolicies is not a known field'],
    ['an unknown condition', policy({ size: '1Gi' }), `${condition}.size is not a known field`],
    ['an unknown action', policy({}, { type: 'move' }), 'volumePolicies.0.action.type is not an action'],
    [
      'an action that plugins carry out',
      policy({}, { type: 'custom' }),
      'volumePolicies.0.action.type is "custom", which is carried out by plugins of Velero',
    ],
    [
      'no action',
      { version: 'v1', volumePolicies: [{ conditions: {} }] },
      'volumePolicies.0.action is missing',
    ],
    ['one size alone', policy({ capacity: '10Gi' }), `${condition}.capacity is not a range of sizes`],
    ['a size that is none', policy({ capacity: 'big,' }), `${condition}.capacity is not a range of sizes`],
    ['a least size above the most', policy({ capacity: '2Gi,1Gi' }), `${condition}.capacity is not a range`],
    ['a negative size', policy({ capacity: '-1Gi,1Gi' }), `${condition}.capacity is not a range`],
    ['a text for a list', policy({ storageClass: 'disk' }), `${condition}.storageClass must be a list`],
    ['an empty list', policy({ storageClass: [] }), `${condition}.storageClass is empty`],
    ['nothing for an object', policy({ nfs: null }), `${condition}.nfs must be an object`],
    [
      'attributes without a driver',
      policy({ csi: { volumeAttributes: { a: 'b' } } }),
      `${condition}.csi has volumeAttributes without a driver`,
    ],
    ['an unknown type', policy({ volumeTypes: ['disk'] }), `${condition}.volumeTypes.0 must be one of`],
    ['an unknown phase', policy({ pvcPhase: ['Ready'] }), `${condition}.pvcPhase.0 must be one of`],
    ['labels that are none', policy({ pvcLabels: ['a'] }), `${condition}.pvcLabels`],
    [
      'a snapshot class for another action',
      policy({}, { type: 'skip', parameters: { snapshotClass: 'x' } }),
      'volumePolicies.0.action has a snapshotClass',
    ],
    [
      'a parameter that has no effect',
      policy({}, { type: 'snapshot', parameters: { dataMover: 'velero' } }),
      'volumePolicies.0.action.parameters.dataMover is not a known field',
    ],
    [
      'everything included',
      lists({ includedNamespaceScopedResources: ['*'] }),
      'includeExcludePolicy.includedNamespaceScopedResources',
    ],
    [
      'a pattern',
      lists({ excludedClusterScopedResources: ['node*'] }),
      'includeExcludePolicy.excludedClusterScopedResources has a pattern',
    ],
    [
      'the same included and excluded',
      lists({ includedClusterScopedResources: ['nodes'], excludedClusterScopedResources: ['nodes'] }),
      'includeExcludePolicy includes and excludes the same thing',
    ],
    [
      'a selector of everything',
      lists({ includedNamespacesByLabel: [' '] }),
      'includeExcludePolicy.includedNamespacesByLabel.0 is empty',
    ],
    [
      'a selector that is none',
      lists({ excludedNamespacesByLabel: ['a=b=c'] }),
      'includeExcludePolicy.excludedNamespacesByLabel.0 is not a label selector',
    ],
    ['an unknown logic', lists({ labelSelectorLogic: 'XOR' }), 'labelSelectorLogic must be one of'],
    [
      'more than an annotation should hold',
      policy({ pvcLabels: { a: 'x'.repeat(40_000) } }),
      'has more than 32768 characters',
    ],
  ])('are refused for %s, naming the field and the remedy', (_, value, message) => {
    const refused = refusal(value);
    expect(refused.message).toContain(message);
    expect(refused.hint).toMatch(/\w/);
  });
});
