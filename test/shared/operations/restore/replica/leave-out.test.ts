import { describe, expect, it } from '@jest/globals';
import type { ApiResource } from '../../../../../shared/platform/kubernetes/api-resource';
import { reasonToLeaveOut } from '../../../../../shared/operations/restore/replica/leave-out';
import { originAnnotation } from '../../../../../shared/operations/restore/transform/mark-names';
import type { ArchivedItem } from '../../../../../shared/formats/vault/archive-types';

const served = (name: string) => [
  { namespaced: !/^(clusterroles|namespaces|webhooks)/.test(name) } as ApiResource,
];

function item(groupResource: string, namespace?: string, annotations: object = {}): ArchivedItem {
  const object = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x', namespace, annotations } };
  return { groupResource, namespace, name: 'x', body: Buffer.from(JSON.stringify(object)) };
}

const signed = { label: 'l', targetUid: 'uid-b' };
const unsigned = { ...signed, unsignedResources: ['roles.rbac.authorization.k8s.io'] };
const reason = (replica: typeof signed, one: ArchivedItem) => reasonToLeaveOut(replica, one, served);

describe('a replication', () => {
  it('leaves out what came from the target, by way of others too, and nothing else', () => {
    expect(reason(signed, item('configmaps', 'shop', { [originAnnotation]: 'uid-a,uid-b' }))).toBe(
      'it came from this cluster',
    );
    expect(
      reason(signed, item('configmaps', 'shop', { [originAnnotation]: 'uid-bb,uid-a' })),
    ).toBeUndefined();
    // Somebody who only speaks of it.
    expect(reason(signed, item('configmaps', 'shop', { note: `${originAnnotation}=uid-b` }))).toBeUndefined();
  });

  it('takes everything of a signed backup', () => {
    expect(reason(signed, item('clusterroles.rbac.authorization.k8s.io'))).toBeUndefined();
  });

  it.each([
    ['namespaces', undefined, 'cluster-scoped'],
    ['clusterroles.rbac.authorization.k8s.io', undefined, 'gives rights'],
    ['rolebindings.rbac.authorization.k8s.io', 'shop', 'gives rights'],
    ['rolebindings.authorization.openshift.io', 'shop', 'gives rights'],
    // The archive says that it lies in a namespace; the target knows better.
    ['webhooks.example.com', 'shop', 'cluster-scoped'],
  ])('leaves %s in %s of an unsigned one out', (groupResource, namespace, expected) => {
    expect(reason(unsigned, item(groupResource, namespace))).toContain(expected);
  });

  it.each(['kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token'])(
    'leaves a Secret of type %s of an unsigned one out, listed or not, and takes it of a signed one',
    (type) => {
      const one = {
        ...item('secrets', 'shop'),
        body: Buffer.from(JSON.stringify({ metadata: { name: 'x' }, type })),
      };
      const listed = { ...signed, unsignedResources: ['secrets'] };
      for (const replica of [unsigned, listed]) expect(reason(replica, one)).toContain('token of an account');
      expect(reason(signed, one)).toBeUndefined();
      const opaque = { ...one, body: Buffer.from('{"metadata":{"name":"x"},"type":"Opaque"}') };
      expect(reason(unsigned, opaque)).toBeUndefined();
    },
  );

  it('leaves out of an unsigned one what would go where an account of Lifeboat lies, whatever is listed', () => {
    const scoped = {
      ...unsigned,
      unsignedResources: ['namespaces', 'configmaps'],
      homeNamespaces: ['bank', 'x'],
    };
    expect(reason(scoped, item('configmaps', 'shop'))).toBeUndefined();
    expect(reason(scoped, item('configmaps', 'bank'))).toContain('kept for accounts of Lifeboat');
    // A Namespace lies where its name says.
    expect(reason(scoped, item('namespaces'))).toContain('kept for accounts of Lifeboat');
    const { unsignedResources: _, ...proved } = scoped;
    expect(reason(proved, item('configmaps', 'bank'))).toBeUndefined();
  });

  it.each([
    ['configmaps', 'shop'],
    ['roles.rbac.authorization.k8s.io', 'shop'],
  ])('takes %s of an unsigned one: harmless, or listed', (groupResource, namespace) => {
    expect(reason(unsigned, item(groupResource, namespace))).toBeUndefined();
  });
});
