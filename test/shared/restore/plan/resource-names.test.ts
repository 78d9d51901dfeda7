import { describe, expect, it } from '@jest/globals';
import type { ApiResource } from '../../../../shared/cluster/api-resource';
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
  it.each([
    ['po', ['pods']],
    ['Deployment', ['deployments.apps']],
    ['deployments.apps', ['deployments.apps']],
    ['*.example.com', ['*.example.com']],
    ['coupons.shop.example.com', ['coupons.shop.example.com']],
  ])('%s means %j', (name, expected) => {
    expect(resolveResourceNames([name], served)).toEqual(expected);
  });

  it('also means what the archive holds under another group', () => {
    const archived = ['ingresses.extensions', 'ingresses.networking.k8s.io', 'pods'];
    expect(resolveResourceNames(['ing'], served, archived)?.sort()).toEqual([
      'ingresses.extensions',
      'ingresses.networking.k8s.io',
    ]);
  });

  it('leaves no list where none was given', () => {
    expect(resolveResourceNames(undefined, served)).toBeUndefined();
  });
});
