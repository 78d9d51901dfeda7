import { describe, expect, it } from '@jest/globals';
import type { ApiResource } from '../../../../../shared/platform/kubernetes/api-resource';
import { NameFilter } from '../../../../../shared/formats/manifests/selection/name-filter';
import { resolveResourceNames } from '../../../../../shared/operations/restore/decide/resource-names';

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
  resource('', 'Service', 'services', ['svc']),
  resource('serving.knative.dev', 'Service', 'services', ['kservice', 'ksvc']),
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
    ['Service', 'services'],
    ['svc', 'services'],
    ['ksvc', 'services.serving.knative.dev'],
    ['services.serving.knative.dev', 'services.serving.knative.dev'],
    ['services.serving', 'services.serving.knative.dev'],
    // The archive holds it before its CRD is restored.
    ['coupons', 'coupons.shop.example.com'],
  ])('%s takes %s', (name, resource) => {
    expect(takes([name], resource)).toBe(true);
  });

  it.each([
    ['po', 'podtemplates'],
    ['deployments.apps', 'deployments.extensions'],
    ['services', 'services.serving.knative.dev'],
    ['Service', 'services.serving.knative.dev'],
    ['services', 'services.networking.internal.knative.dev'],
    ['services.serving.knative.dev', 'services'],
    ['coupon', 'coupons.shop.example.com'],
    ['*.example.com', 'pods'],
  ])('%s does not take %s', (name, resource) => {
    expect(takes([name], resource)).toBe(false);
  });

  it('leaves no list where none was given', () => {
    expect(resolveResourceNames(undefined, served)).toBeUndefined();
  });
});
