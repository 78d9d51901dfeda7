import { describe, expect, it } from '@jest/globals';
import type { RestoreSpec } from '../../../../../shared/formats/manifests/velero';
import { ArchiveFacts } from '../../../../../shared/operations/restore/check/archive-facts';
import { belongsToPod } from '../../../../../shared/operations/restore/decide/belongs-to-pod';
import { Selection } from '../../../../../shared/operations/restore/decide/selection';
import type { TestItem, TestObject } from '../restore-rig';

const owned = (kind: string, name: string, controller = true, apiVersion = 'v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller }],
});
const object = (groupResource: string, name: string, meta = {}, more = {}): TestItem => ({
  groupResource,
  object: {
    apiVersion: 'v1',
    kind: groupResource,
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...meta },
    ...more,
  },
});

/** `name` → reason; nothing for what is not left out. */
function leftOut(items: TestItem[], spec: Partial<RestoreSpec> = {}): Record<string, string> {
  const facts = new ArchiveFacts(
    new Selection({ backupName: 'b', ...spec }, spec.includedResources, spec.excludedResources),
  );
  const parsed = items.map(({ groupResource, object }) => {
    const { namespace, name } = (object as TestObject).metadata;
    return { item: { groupResource, namespace, name, body: Buffer.alloc(0) }, object: object as never };
  });
  for (const { item, object } of parsed) facts.add(item, object);
  facts.close();
  return Object.fromEntries(
    parsed.flatMap(({ item, object }) => {
      const reason = belongsToPod(item, object, facts);
      return reason ? [[item.name, reason]] : [];
    }),
  );
}

describe('belongsToPod', () => {
  const items = [
    object('persistentvolumeclaims', 'web-1-scratch', owned('Pod', 'web-1'), {
      spec: { volumeName: 'disk' },
    }),
    object('persistentvolumeclaims', 'bare-scratch', owned('Pod', 'bare')),
    object('persistentvolumeclaims', 'data-web-1', owned('StatefulSet', 'web', true, 'apps/v1')),
    object('resourceclaims.resource.k8s.io', 'gpu', owned('Pod', 'web-1')),
    object(
      'persistentvolumes',
      'disk',
      {},
      {
        spec: { claimRef: { namespace: 'shop', name: 'web-1-scratch' } },
      },
    ),
    object('pods', 'web-1', owned('StatefulSet', 'web', true, 'apps/v1')),
    object('pods', 'bare'),
    object('statefulsets.apps', 'web'),
  ];

  it('leaves out claims that the cluster made for a pod, and the volume behind one', () => {
    expect(leftOut(items)).toEqual({
      'web-1-scratch': 'the cluster made it for pod web-1, which gets a new one',
      'bare-scratch': 'the cluster made it for pod bare, which gets a new one',
      gpu: 'the cluster made it for pod web-1, which gets a new one',
      disk: 'it was an ephemeral volume of pod web-1, which gets a new one',
    });
  });

  it('does so without the pods too, since their owners make them', () => {
    expect(Object.keys(leftOut(items, { excludedResources: ['pods'] }))).toEqual(
      expect.arrayContaining(['web-1-scratch', 'gpu', 'disk']),
    );
  });

  it('restores claims that are asked for alone', () => {
    const storage = ['persistentvolumeclaims', 'persistentvolumes'];
    expect(leftOut(items, { includedResources: storage })).toEqual({});
  });
});
