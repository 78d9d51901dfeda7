import { describe, expect, it } from '@jest/globals';
import {
  belongsToAdministrators,
  isServersOwnGroup,
  neverRestored,
} from '../../../../shared/platform/kubernetes/built-in-kinds';

describe('kinds that are known by name', () => {
  it.each([
    ['projects.project.openshift.io', /view of its namespace/],
    ['imagestreamtags.image.openshift.io', /view of its image stream/],
    ['imagetags.image.openshift.io', /view of its image stream/],
    ['rolebindings.authorization.openshift.io', /view of the object of rbac/],
    ['clusterroles.authorization.openshift.io', /view of the object of rbac/],
  ])('%s is never restored, whoever restores it', (name, reason) => {
    expect(neverRestored(name)).toMatch(reason);
  });

  it.each([
    'imagestreams.image.openshift.io',
    'rolebindingrestrictions.authorization.openshift.io',
    'rolebindings.rbac.authorization.k8s.io',
    'routes.route.openshift.io',
  ])('%s is restored', (name) => {
    expect(neverRestored(name)).toBeUndefined();
  });

  it('a namespace is whole without what Kubernetes grants none of its users', () => {
    expect(
      ['podtemplates', 'csistoragecapacities.storage.k8s.io', 'events'].every(belongsToAdministrators),
    ).toBe(true);
    expect(
      ['secrets', 'roles.rbac.authorization.k8s.io', 'gadgets.example.com'].some(belongsToAdministrators),
    ).toBe(false);
  });

  it.each([
    ['', true],
    ['apps', true],
    ['networking.k8s.io', true],
    ['metrics.k8s.io', false],
    ['snapshot.storage.k8s.io', false],
    ['gateway.networking.k8s.io', false],
    ['example.com', false],
  ])('the API server serves the group %j itself: %s', (group, is) => {
    expect(isServersOwnGroup(group)).toBe(is);
  });
});
