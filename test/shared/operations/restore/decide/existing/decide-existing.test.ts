import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../../../shared/platform/kubernetes/kube-object';
import { ConflictPolicies } from '../../../../../../shared/operations/restore/decide/existing/conflict-policies';
import { decideExisting } from '../../../../../../shared/operations/restore/decide/existing/decide-existing';

const map = (data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'shop' },
  data,
});
const wanted = map({ both: 'new', backup: '1' });
const present = map({ both: 'old', cluster: '1' });
const decide = (policy: Parameters<typeof decideExisting>[3], kept?: string) =>
  decideExisting('configmaps', structuredClone(wanted), structuredClone(present), policy, kept);
const paths = (decision: object) => (decision as { diff: { path: string }[] }).diff.map(({ path }) => path);

describe('decideExisting', () => {
  it.each(['skip', 'update', 'merge', 'replace', 'fail'] as const)(
    'finds equal objects the same under %s',
    (policy) => {
      expect(decideExisting('configmaps', map({ a: '1' }), map({ a: '1' }), policy)).toEqual({
        action: 'same',
      });
    },
  );

  it('leaves what differs alone under skip and fail', () => {
    expect(decide('skip').action).toBe('conflict');
    expect(decide('fail')).toMatchObject({ action: 'fail', reason: expect.stringContaining('data.both') });
  });

  it('under update makes it as it was, and under merge keeps what only the cluster has', () => {
    const update = decide('update');
    expect(update).toMatchObject({
      action: 'patch',
      patch: { data: { both: 'new', backup: '1', cluster: null } },
    });
    expect(paths(update)).toEqual(['data.both', 'data.cluster', 'data.backup']);
    const merge = decide('merge');
    expect(merge).toMatchObject({ action: 'patch', patch: { data: { both: 'new', backup: '1' } } });
    expect(JSON.stringify(merge)).not.toContain('cluster');
  });

  it('under merge merges lists by their keys', () => {
    const pods = (containers: object[]): KubeObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { template: { spec: { containers } } },
    });
    const decision = decideExisting(
      'deployments.apps',
      pods([{ name: 'web', image: 'web:1' }]),
      pods([{ name: 'web', image: 'web:2', env: [{ name: 'A' }] }, { name: 'injected' }]),
      'merge',
    );
    expect(decision).toMatchObject({
      patch: {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'web', image: 'web:1', env: [{ name: 'A' }] }, { name: 'injected' }],
            },
          },
        },
      },
    });
  });

  it.each(['update', 'merge'] as const)('sets an empty map that has a meaning under %s', (policy) => {
    const network = (peer: object): KubeObject => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'a' },
      spec: { podSelector: {}, ingress: [{ from: [peer] }] },
    });
    expect(
      decideExisting(
        'networkpolicies.networking.k8s.io',
        network({ podSelector: {} }),
        network({ namespaceSelector: {} }),
        policy,
      ),
    ).toMatchObject({ action: 'patch', patch: { spec: { ingress: [{ from: [{ podSelector: {} }] }] } } });
  });

  it('removes labels and annotations one by one, so that those left out of the comparison stay', () => {
    const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    const noted = { ...bare, metadata: { name: 'a', annotations: { only: 'here' } } };
    expect(decideExisting('configmaps', bare, noted, 'update')).toMatchObject({
      action: 'patch',
      patch: { metadata: { annotations: { only: null } } },
    });
  });

  it('never touches what is marked, and still says how it differs', () => {
    for (const policy of ['update', 'merge', 'replace', 'fail'] as const) {
      const decision = decide(policy, 'it is marked');
      expect(decision).toMatchObject({ action: 'skip', reason: 'it is marked' });
      expect(paths(decision)).toContain('data.both');
    }
  });
});

describe('ConflictPolicies', () => {
  const asWritten = (names: string[]) => names;

  it('goes by the resource, then by the default, then by the word of Velero', () => {
    const policies = new ConflictPolicies(
      { resources: { configmaps: 'merge', '*.apps': 'fail' } },
      'update',
      asWritten,
    );
    expect(['configmaps', 'deployments.apps', 'secrets'].map((one) => policies.of(one))).toEqual([
      'merge',
      'fail',
      'update',
    ]);
    expect(new ConflictPolicies(undefined, 'none', asWritten).of('secrets')).toBe('skip');
    expect(new ConflictPolicies({ policy: 'skip' }, 'update', asWritten).of('secrets')).toBe('skip');
  });

  it('deletes nothing to make it again that takes other things with it', () => {
    const policies = new ConflictPolicies({ policy: 'replace' }, undefined, asWritten);
    const careful = [
      'namespaces',
      'customresourcedefinitions.apiextensions.k8s.io',
      'persistentvolumes',
      'persistentvolumeclaims',
    ];
    expect(careful.map((one) => policies.of(one))).toEqual(careful.map(() => 'update'));
    expect(policies.of('deployments.apps')).toBe('replace');
  });

  it('keeps objects by an annotation, with any value or with one', () => {
    const annotated = (value: string) => ({
      metadata: { name: 'a', annotations: { 'example.com/keep': value } },
    });
    const any = new ConflictPolicies({ keepAnnotated: 'example.com/keep' }, undefined, asWritten);
    expect(any.keeps(annotated('no'))).toContain('example.com/keep');
    const one = new ConflictPolicies({ keepAnnotated: 'example.com/keep=a=b' }, undefined, asWritten);
    expect(one.keeps(annotated('a=b'))).toBeDefined();
    expect(one.keeps(annotated('a'))).toBeUndefined();
    expect(any.keeps({ metadata: { name: 'b' } })).toBeUndefined();
  });
});
