import { describe, expect, it } from '@jest/globals';
import type { ApiResource } from '../../../../shared/platform/kubernetes/api-resource';
import { accessRules, everywhere, type Right } from '../../../../shared/platform/kubernetes/access-rules';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import { examineRights } from '../../../../shared/operations/rights/examine-rights';
import { rbacManifests } from '../../../../shared/operations/rights/rbac-manifests';
import { rightsRemarks } from '../../../../shared/operations/rights/rights-remarks';
import { capability } from '../../../../shared/operations/rights/rights-report';
import { answer } from '../../platform/kubernetes/scripted-cluster';

const resource = (group: string, name: string, namespaced: boolean): ApiResource => ({
  group,
  version: 'v1',
  kind: name,
  resource: name,
  namespaced,
  singular: name,
  shortNames: [],
  verbs: ['list', 'create', 'get', 'delete'],
  subresources: [],
  preferred: true,
});
const resources = [
  resource('', 'namespaces', false),
  resource('', 'pods', true),
  resource('', 'nodes', false),
  resource('apps', 'deployments', true),
  resource('rbac.authorization.k8s.io', 'roles', true),
];

type Rule = Record<string, string[]>;

/** A cluster with these rules by namespace; `hidden` are known to reviews of one right only. */
function clusterWith(rules: Record<string, Rule[]>, hidden: (right: Right) => boolean = () => false) {
  const asked: string[] = [];
  const cluster = {
    name: 'a',
    server: 'https://a',
    async request({ path, body }) {
      const { apiVersion, kind, spec } = JSON.parse(String(body ?? '{}'));
      const reviewed = (status: object) => answer(201, { apiVersion, kind, status });
      asked.push(kind ?? path);
      if (kind === 'SelfSubjectRulesReview')
        return reviewed({ incomplete: true, resourceRules: rules[spec.namespace] ?? [] });
      if (kind === 'SelfSubjectAccessReview') return reviewed({ allowed: hidden(spec.resourceAttributes) });
      return answer(403, { kind: 'Status', reason: 'Forbidden', message: 'no' });
    },
    discover: async () => ({ resources, stale: [], serverVersion: { gitVersion: '', major: '', minor: '' } }),
    close: () => {},
  } as Cluster;
  return { cluster, asked };
}
const all: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

describe('access rules', () => {
  const of = async (...rules: Rule[]) => accessRules(clusterWith({ x: rules }).cluster, 'x');
  const pods: Right = { verb: 'get', group: '', resource: 'pods' };

  it.each<[string, Rule, Right, boolean]>([
    ['the right itself', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, pods, true],
    ['everything', all, { ...pods, subresource: 'exec' }, true],
    ['another verb', { verbs: ['list'], apiGroups: [''], resources: ['pods'] }, pods, false],
    ['another group', { verbs: ['get'], apiGroups: ['apps'], resources: ['*'] }, pods, false],
    ['a subresource only', { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] }, pods, false],
    [
      'no subresource',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
      { ...pods, subresource: 'exec' },
      false,
    ],
    [
      'that of all',
      { verbs: ['get'], apiGroups: [''], resources: ['*/exec'] },
      { ...pods, subresource: 'exec' },
      true,
    ],
    [
      'one object of it',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      pods,
      false,
    ],
    [
      'this object',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a'] },
      { ...pods, name: 'a' },
      true,
    ],
  ])('that allow %s', async (_, rule, right, allowed) => {
    expect((await of(rule)).allows(right)).toBe(allowed);
  });
});

describe('the rights of credentials', () => {
  it('are asked about one by one where a server cannot list them, after asking for all at once', async () => {
    const everything = clusterWith({}, ({ verb }) => verb === '*');
    const report = await examineRights(everything.cluster);
    expect(report.capabilities.every(({ extent }) => extent === 'cluster')).toBe(true);
    expect(everything.asked).toEqual(['SelfSubjectRulesReview', 'SelfSubjectAccessReview']);
    const reads = clusterWith({}, ({ verb }) => verb === 'list' || verb === 'get');
    expect(capability(await examineRights(reads.cluster), 'backup').extent).toBe('cluster');
    expect(capability(await examineRights(reads.cluster), 'restore').extent).toBe('part');
  });

  it('in one namespace do not pass for rights everywhere', async () => {
    const { cluster } = clusterWith({ [everywhere]: [], shop: [all] });
    const report = await examineRights(cluster, { namespaces: ['shop', 'web'] });
    expect(capability(report, 'backup')).toEqual({
      purpose: 'backup',
      extent: 'namespaces',
      namespaces: ['shop'],
      missing: [
        { resource: 'namespaces', verbs: ['list', 'get'] },
        { resource: 'nodes', verbs: ['list'] },
      ],
    });
    expect(rightsRemarks(report, false)[0]!.message).toBe(
      'the credentials can back up namespace shop only: a backup must name its namespaces',
    );
    // Where the cluster is registered for namespaces, a backup that names none takes those.
    expect(rightsRemarks(report, true)[0]!.message).toBe('the credentials can back up namespace shop only');
  });

  it('do not miss what no restore writes', async () => {
    const { cluster } = clusterWith({ [everywhere]: [] });
    const { missing } = capability(await examineRights(cluster), 'restore');
    expect(missing.map((one) => one.resource)).not.toContain('nodes');
    expect(missing).toContainEqual({ resource: 'deployments.apps', verbs: ['get', 'create', 'patch'] });
  });
});

describe('the roles of a service account', () => {
  const of = (scope: 'read-only' | 'restore' | 'mirror', namespaces?: string[], rbac = true) =>
    rbacManifests({ scope, namespaces, rbac, account: 'lifeboat', home: 'lifeboat' });

  it('give what examining asks for, and no more purposes than their scope has', async () => {
    for (const [scope, purposes] of [
      ['read-only', ['identity', 'backup']],
      ['restore', ['identity', 'backup', 'restore', 'restore-rbac']],
      ['mirror', ['identity', 'backup', 'restore', 'restore-rbac', 'mirror']],
    ] as const) {
      const role = of(scope).find(({ kind }) => kind === 'ClusterRole')!;
      const { capabilities } = await examineRights(
        clusterWith({ [everywhere]: role.rules as Rule[] }).cluster,
      );
      const held = capabilities.filter(({ extent }) => extent === 'cluster').map(({ purpose }) => purpose);
      expect([scope, held]).toEqual([scope, purposes]);
    }
  });

  it('of namespaces grant nothing in others', () => {
    const manifests = of('restore', ['shop', 'web']);
    expect(manifests.filter(({ kind }) => kind === 'Role').map(({ metadata }) => metadata.namespace)).toEqual(
      ['shop', 'web'],
    );
    const wide = manifests.find(({ kind }) => kind === 'ClusterRole')!.rules as Rule[];
    expect(wide.flatMap(({ resources: names = [] }) => names)).not.toContain('*');
    expect(new Set(wide.flatMap(({ verbs = [] }) => verbs))).toEqual(new Set(['get', 'list']));
  });

  it('keep the token out of backups, and label no namespace out, which would narrow a backup of everything', () => {
    const labelled = of('read-only')
      .filter(({ metadata }) => metadata.labels['velero.io/exclude-from-backup'] === 'true')
      .map(({ kind }) => kind);
    expect(labelled).toEqual(['ServiceAccount', 'Secret', 'ClusterRole', 'ClusterRoleBinding']);
  });
});
