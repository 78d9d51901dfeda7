import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { Problems } from '../../../../../shared/operations/restore/forecast/problems';
import { NamespaceUse } from '../../../../../shared/operations/restore/forecast/quotas';
import { fileRefusal } from '../../../../../shared/operations/restore/forecast/refusals';
import { backendsOf } from '../../../../../shared/operations/restore/forecast/webhooks';
import type { ObjectOutcome } from '../../../../../shared/operations/restore/report/outcome';

const outcome = (word: ObjectOutcome['outcome'], reason: string, name = 'a'): ObjectOutcome => ({
  groupResource: 'services',
  apiVersion: 'v1',
  kind: 'Service',
  namespace: 'shop',
  name,
  outcome: word,
  reason,
});

describe('fileRefusal', () => {
  // The reasons are what API servers of v1.20.2 and v1.37.2 say.
  it.each([
    [
      'failed',
      'Service "a" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
      'node-port-taken',
    ],
    [
      'failed',
      'the cluster does not serve example.com/v1 Gadget: install what defines it, or restore its CRD too',
      'missing-crd',
    ],
    [
      'failed',
      'Internal error occurred: failed calling webhook "w.example.com": Post "https://w.shop.svc": no endpoints',
      'webhook-without-backend',
    ],
    [
      'failed',
      'pods "a" is forbidden: exceeded quota: tight, requested: pods=1, used: pods=5, limited: pods=5',
      'quota-too-small',
    ],
    [
      'different',
      'spec.selector; it could not be updated: Deployment.apps "a" is invalid: spec.selector: Invalid value: field is immutable',
      'immutable-field',
    ],
    ['failed', 'namespace shop is still being deleted', 'namespace-terminating'],
    ['created', 'it came back without its data: its volume was not restored', 'volume-without-data'],
    ['failed', 'something else', 'refused'],
  ] as const)('files what is %s for "%s" under %s', (word, reason, kind) => {
    const problems = new Problems();
    fileRefusal(problems, outcome(word, reason), false);
    expect(problems.list()).toMatchObject([{ kind, count: 1, objects: ['services shop/a'] }]);
  });

  it('does not advise to allow empty volumes where they are allowed', () => {
    const lost = outcome('created', 'it came back without its data: its volume was not restored');
    const hintOf = (allowed: boolean) => {
      const problems = new Problems();
      fileRefusal(problems, lost, allowed);
      return problems.list()[0]?.hint;
    };
    expect(hintOf(false)).toContain('allow it with --allow-empty-volumes');
    expect(hintOf(true)).toBe('nothing to do: --allow-empty-volumes allows it');
  });

  it('files nothing that goes well, and the same thing once, with the first names', () => {
    const problems = new Problems();
    fileRefusal(problems, outcome('created', 'with its status'), false);
    fileRefusal(problems, outcome('skipped', 'namespace shop is still being deleted'), false);
    expect(problems.list()).toEqual([]);
    for (let index = 0; index < 8; index++)
      fileRefusal(problems, outcome('failed', 'the same', `s${index}`), false);
    expect(problems.list()).toMatchObject([
      { count: 8, objects: [0, 1, 2, 3, 4].map((one) => `services shop/s${one}`) },
    ]);
  });
});

describe('NamespaceUse', () => {
  it('counts the pods that a workload will make, and what they ask for', () => {
    const use = new NamespaceUse();
    const container = { resources: { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '1' } } };
    const deployment = {
      metadata: { name: 'web', namespace: 'shop' },
      spec: { replicas: 4, template: { spec: { containers: [container] } } },
    } as unknown as KubeObject;
    use.add('deployments.apps', deployment);
    use.add('secrets', { metadata: { name: 's', namespace: 'shop' } });
    expect(
      ['pods', 'requests.cpu', 'cpu', 'limits.cpu', 'requests.memory'].map((what) => use.of('shop', what)),
    ).toEqual([4, 1, 1, 4, 4 * 1024 ** 3]);
    expect([
      use.of('shop', 'secrets'),
      use.of('shop', 'count/secrets'),
      use.of('shop', 'count/deployments.apps'),
    ]).toEqual([1, 1, 1]);
    expect(use.of('other', 'pods')).toBe(0);
  });
});

describe('backendsOf', () => {
  it('names the Services of webhooks that refuse what they cannot be asked about', () => {
    const service = { namespace: 'shop', name: 'hook' };
    const configuration = {
      metadata: { name: 'c' },
      webhooks: [
        { name: 'a', failurePolicy: 'Fail', clientConfig: { service } },
        { name: 'b', failurePolicy: 'Ignore', clientConfig: { service } },
        { name: 'c', clientConfig: { url: 'https://example.com' } },
      ],
    } as KubeObject;
    expect(backendsOf(configuration)).toEqual([{ webhook: 'a', service: 'shop/hook' }]);
  });
});
