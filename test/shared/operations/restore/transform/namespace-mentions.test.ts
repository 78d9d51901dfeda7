import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import {
  NamespaceMentions,
  stillMentioned,
} from '../../../../../shared/operations/restore/transform/namespace-mentions';

const mentions = new NamespaceMentions(['shop']);
const object = (fields: object) => ({ metadata: { name: 'x' }, ...fields }) as unknown as KubeObject;
/** The fields that name the namespace `shop`. */
const named = (groupResource: string, fields: object): string[] => {
  const one = object(fields);
  return stillMentioned(one, mentions.of(groupResource, one)).get('shop') ?? [];
};
const container = (fields: object) => ({ spec: { containers: [fields] } });
const encoded = (text: string) => Buffer.from(text).toString('base64');

describe('NamespaceMentions', () => {
  it.each<[string, string, object, string]>([
    [
      'an argument',
      'pods',
      container({ args: ['-v', '--watch-namespace=shop'] }),
      'spec.containers[0].args[1]',
    ],
    ['a command', 'pods', container({ command: ['run', 'shop'] }), 'spec.containers[0].command[1]'],
    [
      'a variable',
      'pods',
      container({ env: [{ name: 'N', value: 'shop' }] }),
      'spec.containers[0].env[0].value',
    ],
    ['a host name of a Service', 'apps.example.com', { spec: { url: 'http://db.shop.svc:80' } }, 'spec.url'],
    [
      'a short host name with a port',
      'apps.example.com',
      { spec: { address: 'db.shop:5432' } },
      'spec.address',
    ],
    ['a short host name in a URL', 'apps.example.com', { spec: { url: 'http://db.shop/x' } }, 'spec.url'],
    ['an account', 'apps.example.com', { spec: { user: 'system:serviceaccount:shop:a' } }, 'spec.user'],
    ['a field', 'apps.example.com', { spec: { targetNamespace: 'shop' } }, 'spec.targetNamespace'],
    ['a list', 'apps.example.com', { spec: { namespaces: ['a', 'shop'] } }, 'spec.namespaces[1]'],
    ['an object of it', 'apps.example.com', { spec: { secret: 'shop/tls' } }, 'spec.secret'],
    [
      'an expression',
      'x',
      { spec: { validations: [{ expression: "ns == 'shop'" }] } },
      'spec.validations[0].expression',
    ],
    [
      'an annotation',
      'ingresses',
      { metadata: { name: 'x', annotations: { auth: 'shop/basic' } } },
      'metadata.annotations.auth',
    ],
    ['a file', 'configmaps', { data: { 'app.yaml': 'a: 1\nnamespace: shop\n' } }, 'data.app.yaml'],
    [
      'a host name in a file',
      'configmaps',
      { data: { url: 'jdbc:x://db.shop.svc.cluster.local/a' } },
      'data.url',
    ],
    [
      'a host name in a Secret',
      'secrets',
      { data: { url: encoded('postgres://u:p@db.shop.svc/a') } },
      'data.url',
    ],
  ])('finds %s', (_what, groupResource, fields, path) => {
    expect(named(groupResource, fields)).toEqual([path]);
  });

  it.each<[string, string, object]>([
    [
      'longer names',
      'pods',
      container({ args: ['--app=shop-web', 'workshop', 'shop.example.com', 'my-shop'] }),
    ],
    ['images', 'pods', container({ image: 'shop/web:1' })],
    [
      'values that only look like it',
      'apps.example.com',
      { spec: { app: 'shop', title: 'the shop is open' } },
    ],
    ['words in a file', 'configmaps', { data: { text: 'welcome to the shop' } }],
    [
      'what kubectl keeps for itself',
      'services',
      {
        metadata: {
          name: 'x',
          namespace: 'shop',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"namespace":"shop"}' },
        },
      },
    ],
  ])('does not find %s', (_what, groupResource, fields) => {
    expect(named(groupResource, fields)).toEqual([]);
  });

  it('leaves out what was mapped meanwhile', () => {
    const one = object({ spec: { a: { namespace: 'shop' }, b: { namespace: 'shop' } } });
    const found = mentions.of('apps.example.com', one);
    (one.spec!.a as { namespace: string }).namespace = 'copy';
    expect([...stillMentioned(one, found)]).toEqual([['shop', ['spec.b.namespace']]]);
  });
});
