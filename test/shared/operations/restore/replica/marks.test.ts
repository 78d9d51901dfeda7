import { describe, expect, it } from '@jest/globals';
import { keepMarks, mark, markOf, originsOf } from '../../../../../shared/operations/restore/replica/marks';
import {
  markAnnotation,
  originAnnotation,
  replicatedByLabel,
} from '../../../../../shared/operations/restore/transform/mark-names';
import { differences } from '../../../../../shared/operations/restore/transform/compare';

const replica = { label: 'standby-1', sourceUid: 'uid-b', targetUid: 'uid-c' };
const place = { groupResource: 'configmaps', namespace: 'shop', name: 'x' };
const object = (metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', ...metadata },
});

describe('the marks of a replication', () => {
  it('name the rule, this very object, and every cluster it came through', () => {
    const made = object({ annotations: { [originAnnotation]: 'uid-a', note: 'n' } });
    mark(made, replica, place, 'shop');
    expect(made.metadata).toMatchObject({
      labels: { [replicatedByLabel]: 'standby-1' },
      annotations: { note: 'n', [markAnnotation]: markOf(replica, place, 'shop') },
    });
    expect(originsOf(made)).toEqual(['uid-a', 'uid-b']);
  });

  it('are others for another object, cluster or rule, and the same under the older name of its group', () => {
    const marks = [
      markOf(replica, place, 'shop'),
      markOf(replica, place, 'bank'),
      markOf(replica, { ...place, name: 'y' }, 'shop'),
      markOf(replica, { ...place, namespace: 'bank' }, 'shop'),
      markOf(replica, { ...place, groupResource: 'secrets' }, 'shop'),
      markOf({ ...replica, targetUid: 'uid-d' }, place, 'shop'),
      markOf({ ...replica, label: 'standby-2' }, place, 'shop'),
    ];
    expect(new Set(marks).size).toBe(marks.length);
    const ingress = (groupResource: string) => markOf(replica, { ...place, groupResource }, 'shop');
    expect(ingress('ingresses.extensions')).toBe(ingress('ingresses.networking.k8s.io'));
  });

  it('make no difference between two objects', () => {
    const made = object();
    mark(made, replica, place, 'shop');
    expect(differences(object(), made)).toEqual([]);
    expect(differences(made, object())).toEqual([]);
  });

  it('stay as they are on what exists: what is updated was not created', () => {
    const wanted = object();
    mark(wanted, replica, place, 'shop');
    keepMarks(wanted, object(), { origin: false });
    expect(wanted.metadata).toMatchObject({ labels: {}, annotations: { [originAnnotation]: 'uid-b' } });
    expect(wanted.metadata).not.toHaveProperty(['labels', replicatedByLabel]);
    expect(wanted.metadata).not.toHaveProperty(['annotations', markAnnotation]);

    const theirs = object();
    mark(theirs, { ...replica, label: 'other-1', sourceUid: 'uid-x' }, place, 'shop');
    const again = object();
    mark(again, replica, place, 'shop');
    keepMarks(again, theirs, { origin: true });
    expect(again.metadata).toEqual(theirs.metadata);
  });
});
