import { describe, expect, it } from '@jest/globals';
import type { RestoreSpec } from '../../../../../shared/formats/manifests/velero';
import { ArchiveFacts } from '../../../../../shared/operations/restore/check/archive-facts';
import { decide } from '../../../../../shared/operations/restore/decide/decide';
import { Selection } from '../../../../../shared/operations/restore/decide/selection';
import type { TestItem, TestObject } from '../restore-rig';

/** Reads the items once and decides on each: `resource name` → reason, or `restore`. */
function decisions(items: TestItem[], spec: Partial<RestoreSpec> = {}, served = (_: string) => true) {
  const selection = new Selection(
    { backupName: 'b', ...spec },
    spec.includedResources,
    spec.excludedResources,
  );
  const facts = new ArchiveFacts(selection);
  const parsed = items.map(({ groupResource, object }) => {
    const { namespace, name } = (object as TestObject).metadata;
    return { item: { groupResource, namespace, name, body: Buffer.alloc(0) }, object: object as never };
  });
  for (const { item, object } of parsed) facts.add(item, object);
  facts.close();
  return Object.fromEntries(
    parsed.map(({ item, object }) => {
      const decision = decide(item, object, facts, selection, served);
      const answer = decision.restore ? 'restore' : decision.asked ? decision.reason : 'not asked for';
      return [`${item.groupResource} ${item.name}`, answer];
    }),
  );
}

const object = (
  groupResource: string,
  name: string,
  more: Record<string, unknown> = {},
  meta = {},
): TestItem => ({
  groupResource,
  object: {
    apiVersion: 'v1',
    kind: groupResource,
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...meta },
    ...more,
  },
});
const ownedBy = (name: string, kind = 'X', controller = true) => ({
  ownerReferences: [{ apiVersion: 'v1', kind, name, uid: `uid-${name}`, controller }],
});

describe('decide', () => {
  it('restores a pod whose controller ended and is not run again only if it still runs', () => {
    const job = object('jobs.batch', 'job', { status: { completionTime: 'x' } });
    const done = object('pods', 'done', { status: { phase: 'Succeeded' } }, ownedBy('job', 'Job'));
    expect(decisions([job, done])).toEqual({
      'jobs.batch job': 'the jobs.batch has ended and is not run again',
      'pods done': 'the pod has ended (Succeeded)',
    });
  });

  it('lets a claim bring its volume and a pod its claims past filters and selectors', () => {
    const volume: TestItem = {
      groupResource: 'persistentvolumes',
      object: { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' }, spec: {} },
    };
    const items = [
      volume,
      object('persistentvolumeclaims', 'data', { spec: { volumeName: 'pv' } }),
      object(
        'pods',
        'pod',
        { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } },
        { labels: { app: 'db' } },
      ),
    ];
    const selector = { labelSelector: { matchLabels: { app: 'db' } } };
    expect(decisions(items, { includedNamespaces: ['shop'] })['persistentvolumes pv']).toBe('restore');
    expect(decisions(items, selector)['persistentvolumeclaims data']).toBe('restore');
    expect(decisions(items, { includeClusterResources: false })['persistentvolumes pv']).toBe(
      'not asked for',
    );
    expect(decisions(items, { excludedResources: ['persistentvolumes'] })['persistentvolumes pv']).toBe(
      'not asked for',
    );
    expect(decisions(items, { includedNamespaces: ['bank'] })['persistentvolumes pv']).toBe('not asked for');
  });

  it('takes the Namespace of anything that is restored, labels or not', () => {
    const items: TestItem[] = [
      {
        groupResource: 'namespaces',
        object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      },
      {
        groupResource: 'namespaces',
        object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bank' } },
      },
      object('configmaps', 'settings', {}, { labels: { app: 'web' } }),
    ];
    expect(decisions(items, { labelSelector: { matchLabels: { app: 'web' } } })).toEqual({
      'namespaces shop': 'restore',
      'namespaces bank': 'not asked for',
      'configmaps settings': 'restore',
    });
  });

  it('restores an object that is stored under two groups once, from the copy the target serves', () => {
    const ingress = (groupResource: string): TestItem => object(groupResource, 'web');
    const items = [ingress('ingresses.extensions'), ingress('ingresses.networking.k8s.io')];
    expect(decisions(items)).toEqual({
      'ingresses.extensions web': 'the same object is restored as ingresses.networking.k8s.io',
      'ingresses.networking.k8s.io web': 'restore',
    });
    expect(decisions(items, {}, (name) => name === 'ingresses.extensions')).toMatchObject({
      'ingresses.extensions web': 'restore',
    });
  });

  it('prefers the copy whose version is served to the one whose group is served in another', () => {
    const items = [object('ingresses.networking.k8s.io', 'web'), object('ingresses.extensions', 'web')];
    const target = (name: string, version?: string) =>
      name === 'ingresses.extensions' || version === undefined;
    expect(decisions(items, {}, target)).toMatchObject({
      'ingresses.extensions web': 'restore',
      'ingresses.networking.k8s.io web': 'the same object is restored as ingresses.extensions',
    });
  });

  it('takes no copy that is not asked for, and the names of before and after a move for one', () => {
    const items = [object('ingresses.extensions', 'web'), object('deployments.extensions', 'web')];
    expect(decisions(items, { includedResources: ['ingresses.networking.k8s.io'] })).toEqual({
      'ingresses.extensions web': 'restore',
      'deployments.extensions web': 'not asked for',
    });
  });
});
