import { describe, expect, it } from '@jest/globals';
import { parseBackupRequest, parseRestoreRequest } from '../../../../shared/formats/manifests/request';
import { LifeboatError } from '../../../../shared/platform/errors';

const backup = (spec: object, more: object = {}) => ({
  kind: 'BackupRequest',
  metadata: { name: 'shop-1' },
  cluster: 'a',
  vault: 'main',
  spec,
  ...more,
});
const restore = (spec: object, more: object = {}) => ({
  ...backup({ backupName: 'shop-1', ...spec }, more),
  kind: 'RestoreRequest',
});

/** The error's two lines. */
function refusal(act: () => unknown): { message: string; hint?: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof LifeboatError && error.kind === 'invalid')
      return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('it was taken');
}

describe('a TTL of nothing', () => {
  it.each(['0', '0s', '0h0m', '100us', undefined])('is the default, as in Velero: %s', (ttl) => {
    expect(parseBackupRequest(backup({ includedNamespaces: ['shop'], ...(ttl && { ttl }) })).spec.ttl).toBe(
      '720h0m0s',
    );
  });
});

describe('a selector that no object can match', () => {
  const In = (...values: string[]) => ({ key: 'app', operator: 'In', values });
  it.each<[string, object]>([
    ['two values', { matchLabels: { app: 'web' }, matchExpressions: [In('nginx')] }],
    ['two sets', { matchExpressions: [In('a'), In('b')] }],
    [
      'a value, and the absence of the label',
      { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
    ],
    [
      'a set, and another value than those',
      { matchExpressions: [In('a', 'b'), { key: 'app', operator: 'NotIn', values: ['b', 'a'] }] },
    ],
  ])('is refused in backups and restores: %s', (_, labelSelector) => {
    const said = 'requires two things of one label';
    for (const spec of [{ labelSelector }, { orLabelSelectors: [labelSelector] }]) {
      expect(refusal(() => parseBackupRequest(backup(spec))).message).toContain(said);
      expect(refusal(() => parseRestoreRequest(restore(spec))).message).toContain(said);
    }
  });

  it('is not one whose sets overlap', () => {
    const labelSelector = {
      matchExpressions: [In('a', 'b'), In('b', 'c'), { key: 'app', operator: 'NotIn', values: ['c'] }],
    };
    expect(parseBackupRequest(backup({ labelSelector })).spec.labelSelector).toEqual(labelSelector);
  });
});

describe('a backup request', () => {
  it('has every field that is carried out, and its ttl as Velero writes it', () => {
    const spec = {
      includedNamespaces: ['shop', 'bank-*'],
      excludedNamespaces: ['bank-test'],
      includedResources: ['*'],
      excludedResources: ['events'],
      labelSelector: {
        matchLabels: { app: 'x' },
        matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }],
      },
      includeClusterResources: false,
      orderedResources: { pods: 'shop/a,shop/b' },
      snapshotVolumes: false,
      storageLocation: 'main',
      metadata: { labels: { team: 'sales' } },
      ttl: '6h30m',
    };
    expect(parseBackupRequest(backup(spec)).spec).toEqual({ ...spec, ttl: '6h30m0s' });
    expect(parseBackupRequest(backup({ includedNamespaces: ['shop'] })).spec.ttl).toBe('720h0m0s');
  });

  it('takes the fields for volumes, durations as Velero writes them', () => {
    const resourcePolicies = {
      version: 'v1',
      volumePolicies: [{ conditions: { nfs: {} }, action: { type: 'skip' } }],
      includeExcludePolicy: { excludedNamespaceScopedResources: ['secrets'] },
    };
    const spec = {
      includedNamespacesByLabel: ['team=shop', 'env in (a,b)'],
      defaultVolumesToFsBackup: true,
      csiSnapshotTimeout: '90s',
      itemOperationTimeout: '2h',
      resourcePolicies,
    };
    expect(parseBackupRequest(backup(spec)).spec).toMatchObject({
      ...spec,
      csiSnapshotTimeout: '1m30s',
      itemOperationTimeout: '2h0m0s',
    });
  });

  it.each([
    [{ includedNamespaces: ['*'] }],
    [{ labelSelector: { matchLabels: { app: 'x' } } }],
    [{ orLabelSelectors: [{ matchLabels: { app: 'x' } }] }],
  ])('says what it wants by %j', (spec) => {
    expect(parseBackupRequest(backup(spec)).spec).toMatchObject(spec);
  });

  const all = { includedNamespaces: ['*'] };
  it.each<[string, object, string]>([
    ['an unknown field', { ...all, includedNamespace: ['x'] }, 'spec.includedNamespace is not a known field'],
    [
      'a field of Velero that would have no effect',
      { ...all, snapshotMoveData: true },
      'spec.snapshotMoveData is not carried out by Lifeboat',
    ],
    [
      'policies in a ConfigMap',
      { ...all, resourcePolicy: { kind: 'configmap', name: 'p' } },
      'spec.resourcePolicy names a ConfigMap of Velero, which Lifeboat does not read',
    ],
    [
      'a policy that is none',
      { ...all, resourcePolicies: { version: 'v1', volumePolicies: [{ action: { type: 'move' } }] } },
      'spec.resourcePolicies.volumePolicies.0.action.type is not an action',
    ],
    [
      'lists of a policy beside the older family',
      { ...all, excludedResources: ['pods'], resourcePolicies: { version: 'v1', includeExcludePolicy: {} } },
      'spec has an includeExcludePolicy beside includedResources',
    ],
    [
      'a selector of everything',
      { includedNamespacesByLabel: [''] },
      'spec.includedNamespacesByLabel.0 is empty',
    ],
    [
      'labels beside every namespace',
      { ...all, includedNamespacesByLabel: ['team=shop'] },
      'spec includes every namespace ("*"), so that selecting namespaces by label has no effect',
    ],
    ['no time for snapshots', { ...all, csiSnapshotTimeout: '0s' }, 'spec.csiSnapshotTimeout leaves no time'],
    ['a wrong type', { includedNamespaces: 'shop' }, 'spec.includedNamespaces must be a list'],
    [
      'a wrong type in a list',
      { includedNamespaces: ['shop', 1] },
      'spec.includedNamespaces.1 must be a string',
    ],
    [
      '"*" beside others',
      { includedNamespaces: ['*', 'shop'] },
      'spec.includedNamespaces has "*" beside other entries',
    ],
    ['"*" excluded', { ...all, excludedNamespaces: ['*'] }, 'spec.excludedNamespaces excludes "*"'],
    [
      'a pattern that is none',
      { includedNamespaces: ['shop-{a,b}'] },
      'spec.includedNamespaces has a pattern',
    ],
    [
      'the same included and excluded',
      { ...all, includedResources: ['pods'], excludedResources: ['pods'] },
      'spec includes and excludes the same thing',
    ],
    [
      'both kinds of selectors',
      { ...all, labelSelector: { matchLabels: { a: 'b' } }, orLabelSelectors: [{}] },
      'spec has both labelSelector and orLabelSelectors',
    ],
    [
      'both families of filters',
      { ...all, includeClusterResources: true, excludedNamespaceScopedResources: ['pods'] },
      'spec mixes',
    ],
    ['a duration that is none', { ...all, ttl: '30d' }, 'spec.ttl is not a duration: "30d"'],
    ['a duration of more than Go holds', { ...all, ttl: '9999999999h' }, 'spec.ttl is longer than 2562047h'],
    ['a negative duration', { ...all, ttl: '-1h' }, 'spec.ttl'],
    [
      'a label that is none',
      { ...all, metadata: { labels: { a: 'b c' } } },
      'spec.metadata.labels.a is not a label value',
    ],
    [
      'a hook without a program',
      { ...all, hooks: { resources: [{ name: 'a', pre: [{ exec: { command: [] } }] }] } },
      'spec.hooks.resources.0.pre.0.exec.command names no program',
    ],
    [
      'a hook without an end',
      { ...all, hooks: { resources: [{ name: 'a', post: [{ exec: { command: ['a'], timeout: '0s' } }] }] } },
      'spec.hooks.resources.0.post.0.exec.timeout is not between',
    ],
    [
      'an on-error that is none',
      { ...all, hooks: { resources: [{ name: 'a', pre: [{ exec: { command: ['a'], onError: 'fail' } }] }] } },
      'spec.hooks.resources.0.pre.0.exec.onError is neither Continue nor Fail',
    ],
    ['another output than the log', { ...all, hookOutput: 'all' }, 'spec.hookOutput is not "log"'],
    [
      'an operator without values',
      { labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
      'spec.labelSelector.matchExpressions.0 has values that do not fit',
    ],
  ])('is refused for %s, naming the field and the remedy', (_, spec, message) => {
    const refused = refusal(() => parseBackupRequest(backup(spec)));
    expect(refused.message).toContain(`the backup request: ${message}`);
    expect(refused.hint).toMatch(/\w/);
  });

  it.each(['', 'Shop', 'a.b', '-a', 'a-', 'x'.repeat(64), '../x', 'a/b', 'ä'])(
    'cannot be named "%s"',
    (name) => {
      const refused = refusal(() => parseBackupRequest(backup(all, { metadata: { name } })));
      expect(refused.message).toMatch(/^the backup request: metadata\.name is not a name: "/);
    },
  );
});

describe('a restore request', () => {
  it('has every field of Velero that is carried out', () => {
    const spec = {
      backupName: 'daily.2026',
      includedNamespaces: ['shop'],
      excludedResources: ['pods'],
      namespaceMapping: { shop: 'shop-copy' },
      restoreStatus: { includedResources: ['*'] },
      preserveNodePorts: true,
      existingResourcePolicy: 'update',
    };
    expect(parseRestoreRequest(restore(spec)).spec).toEqual(spec);
  });

  it.each<[string, object, string]>([
    ['no backup', { backupName: undefined }, 'spec.backupName is missing'],
    ['a backup outside its folder', { backupName: '../x' }, 'spec.backupName is not the name of a backup'],
    [
      'an unknown policy',
      { existingResourcePolicy: 'replace' },
      'spec.existingResourcePolicy must be one of "none" | "update"',
    ],
    [
      'a target namespace that is none',
      { namespaceMapping: { a: 'B' } },
      'spec.namespaceMapping.a is not a name',
    ],
    [
      'two namespaces made one',
      { namespaceMapping: { a: 'c', b: 'c' } },
      'spec.namespaceMapping maps two namespaces to one',
    ],
    [
      'what is never restored',
      { includedResources: ['nodes'] },
      'spec.includedResources names nodes, which is never restored: nodes register themselves',
    ],
  ])('is refused for %s', (_, spec, message) => {
    expect(refusal(() => parseRestoreRequest(restore(spec))).message).toContain(message);
  });
});
