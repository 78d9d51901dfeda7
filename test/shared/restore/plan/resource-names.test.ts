import { describe, expect, it } from '@jest/globals';
import type { ApiResource } from '../../../../shared/cluster/api-resource';
import { NameFilter } from '../../../../shared/manifests/name-filter';
import { resolveResourceNames } from '../../../../shared/restore/plan/resource-names';

const resource = (group: string, kind: string, plural: string, shortNames: string[] = []): ApiResource => ({
  group,
  version: 'v1',
  kind,
  resource: plural,
  namespaced: true,
  singular: kind.toLowerCase(),
  shortNames,
  verbs: [],
  subresources: [],
  preferred: true,
});
const served = [
  resource('', 'Pod', 'pods', ['po']),
  resource('apps', 'Deployment', 'deployments', ['deploy']),
  resource('networking.k8s.io', 'Ingress', 'ingresses', ['ing']),
];

describe('resolveResourceNames', () => {
  const takes = (names: string[], resource: string) =>
    new NameFilter(resolveResourceNames(names, served)).takes(resource);

  it.each([
    ['po', 'pods'],
    ['pods', 'pods'],
    ['Deployment', 'deployments.apps'],
    ['deployments.apps', 'deployments.apps'],
    ['*.example.com', 'coupons.shop.example.com'],
    ['coupons.shop.example.com', 'coupons.shop.example.com'],
    // The archive holds it under a group that the target no longer serves, or before its CRD is restored.
    ['ing', 'ingresses.extensions'],
    ['coupons', 'coupons.shop.example.com'],
  ])('%s takes %s', (name, resource) => {
    expect(takes([name], resource)).toBe(true);
  });

  it.each([
    ['po', 'podtemplates'],
    ['deployments.apps', 'deployments.extensions'],
    ['coupon', 'coupons.shop.example.com'],
    ['*.example.com', 'pods'],
  ])('%s does not take %s', (name, resource) => {
    expect(takes([name], resource)).toBe(false);
  });

  it('leaves no list where none was given', () => {
    expect(resolveResourceNames(undefined, served)).toBeUndefined();
  });
});
