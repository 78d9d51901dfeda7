import { describe, expect, it } from '@jest/globals';
import type { RestoreSpec } from '../../../../../shared/formats/manifests/velero';
import { ArchiveFacts } from '../../../../../shared/operations/restore/check/archive-facts';
import {
  type Holds,
  keptByController,
  leftToController,
} from '../../../../../shared/operations/restore/decide/left-to-controller';
import { Selection } from '../../../../../shared/operations/restore/decide/selection';
import type { TestItem, TestObject } from '../restore-rig';

/** `name` → the reason for which it is left to its controllers, if these are there; nothing for what comes back anyway. */
function left(items: TestItem[], spec: Partial<RestoreSpec> = {}, holds: Holds = {}): Record<string, string> {
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
      const found = leftToController(item, object, facts.controllers, holds);
      return found ? [[item.name, found.reason]] : [];
    }),
  );
}

const object = (groupResource: string, name: string, meta = {}, more = {}): TestItem => ({
  groupResource,
  object: {
    apiVersion: 'v1',
    kind: groupResource,
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...meta },
    ...more,
  },
});
const ownedBy = (name: string, kind: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }],
});
const revision = (number: string) => ({ annotations: { 'deployment.kubernetes.io/revision': number } });

describe('what is left to controllers', () => {
  const tree = [
    object('pods', 'pod', ownedBy('set', 'ReplicaSet')),
    object('replicasets.apps', 'set', { ...ownedBy('web', 'Deployment'), ...revision('10') }),
    object('replicasets.apps', 'old', { ...ownedBy('web', 'Deployment'), ...revision('9') }),
    object('deployments.apps', 'web'),
    object('controllerrevisions.apps', 'db-2', ownedBy('db', 'StatefulSet'), { revision: 2 }),
    object('controllerrevisions.apps', 'db-1', ownedBy('db', 'StatefulSet'), { revision: 1 }),
    object('statefulsets.apps', 'db'),
    object('persistentvolumeclaims', 'data', ownedBy('db', 'StatefulSet')),
    object(
      'controllerrevisions.apps',
      'machine-type',
      ownedBy('machine', 'VirtualMachine', 'kubevirt.io/v1'),
    ),
    object('virtualmachines.kubevirt.io', 'machine'),
    object('secrets', 'generated', ownedBy('custom', 'Certificate', 'example.com/v1')),
    object('pods', 'custom-pod', ownedBy('custom', 'Certificate', 'example.com/v1')),
    object('certificates.example.com', 'custom'),
  ];

  it('is what they make from templates, without the history and the data of others, wherever it stands in the archive', () => {
    for (const items of [tree, [...tree].reverse()]) {
      expect(left(items)).toEqual({
        pod: 'its controller ReplicaSet set makes it again',
        set: 'its controller Deployment web makes it again',
        'db-2': 'its controller StatefulSet db makes it again',
        'custom-pod': 'it is left to its controller Certificate custom',
      });
    }
  });

  it('is nothing whose controller is not asked for or not in the backup', () => {
    expect(left(tree, { includedResources: ['pods'] })).toEqual({});
    expect(left(tree, { excludedResources: ['deployments.apps'] })).not.toHaveProperty('set');
    expect(left(tree, { excludedResources: ['deployments.apps'] })).toHaveProperty('pod');
    expect(left(tree.slice(0, 3))).toEqual({ pod: 'its controller ReplicaSet set makes it again' });
  });

  it('is made later where the restore starts nothing', () => {
    expect(left(tree, {}, { passive: true }).pod).toMatch(/when the restore is activated$/);
    expect(left(tree, {}, { replicasToZero: true }).pod).toMatch(/when it has replicas again$/);
  });

  it('is no Job that a person made from a CronJob, and none of a suspended one', () => {
    const job = (name: string, cron: string, more = {}) =>
      object('jobs.batch', name, { ...ownedBy(cron, 'CronJob', 'batch/v1'), ...more });
    const manual = { annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' } };
    const jobs = [
      job('nightly-29384720', 'nightly'),
      job('nightly-29384721', 'nightly', manual),
      job('nightly-manual-x7k', 'nightly'),
      job('by-hand', 'nightly'),
      object('cronjobs.batch', 'nightly', {}, { spec: { suspend: false } }),
      job('paused-29384720', 'paused'),
      object('cronjobs.batch', 'paused', {}, { spec: { suspend: true } }),
    ];
    expect(left(jobs)).toEqual({
      'nightly-29384720': 'its controller CronJob nightly makes the next one at its time',
    });
  });

  it('is what a pod held that comes back as another one', () => {
    const lock = (name: string, pod: string) =>
      object('configmaps', name, {
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: pod, uid: `uid-${pod}` }],
      });
    const items = [...tree, object('pods', 'bare'), lock('lock', 'pod'), lock('of-bare', 'bare')];
    expect(left(items)).toMatchObject({
      lock: 'it belonged to pod pod, which its controller makes again as another one',
    });
    expect(left(items)).not.toHaveProperty('of-bare');
    expect(left(items, { excludedResources: ['replicasets.apps'] })).not.toHaveProperty('lock');
  });

  it('stays as the cluster has it while its controller is there', () => {
    const [, set] = tree.map((item) => item.object as never);
    expect(keptByController('replicasets.apps', set!)).toBe('its controller Deployment web keeps it');
    expect(keptByController('pods', set!)).toBeUndefined();
  });
});
