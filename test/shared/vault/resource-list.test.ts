import { describe, expect, it } from '@jest/globals';
import { ResourceListBuilder } from '../../../shared/vault/resource-list';

describe('ResourceListBuilder', () => {
  it('lists kinds and names in order, each name once, and no kind of which there is nothing', () => {
    const list = new ResourceListBuilder();
    list.of('v1', 'ResourceQuota');
    list.of('v1', 'ConfigMap').add('shop', 'b');
    list.add({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' });
    list.add({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'b' });
    list.add({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      outcome: 'created',
    });
    list.of('v1', 'Namespace').add(undefined, 'shop');
    const built = list.build();
    expect(built).toEqual({
      'apps/v1/Deployment': ['shop/web(created)'],
      'v1/ConfigMap': ['shop/a', 'shop/b'],
      'v1/Namespace': ['shop'],
    });
    expect(Object.keys(built)).toEqual(Object.keys(built).toSorted());
  });
});
