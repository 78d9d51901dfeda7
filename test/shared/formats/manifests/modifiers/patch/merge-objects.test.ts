import { describe, expect, it } from '@jest/globals';
import { mergeObjects } from '../../../../../../shared/formats/manifests/modifiers/patch/merge-objects';

const container = (fields: object) => ({ spec: { containers: [{ name: 'a', ...fields }] } });

describe('an object that is merged into another one', () => {
  it.each([
    [
      'the source of a volume',
      { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
      { spec: { volumes: [{ name: 'v', configMap: { name: 'c' } }] } },
      { spec: { volumes: [{ name: 'v', configMap: { name: 'c' } }] } },
    ],
    [
      'a value where it had a source of one, and back',
      container({
        env: [
          { name: 'A', valueFrom: { fieldRef: {} } },
          { name: 'B', value: 'b' },
        ],
      }),
      container({
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', valueFrom: { secretKeyRef: { key: 'k' } } },
        ],
      }),
      container({
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', valueFrom: { secretKeyRef: { key: 'k' } } },
        ],
      }),
    ],
    [
      'the source of a value',
      container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'p' } } }] }),
      container({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { key: 'k' } } }] }),
      container({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { key: 'k' } } }] }),
    ],
    [
      'the type of a strategy',
      { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
      { spec: { strategy: { type: 'Recreate' } } },
      { spec: { strategy: { type: 'Recreate' } } },
    ],
    [
      'the handler of a probe, whose times stay',
      container({ livenessProbe: { exec: { command: ['x'] }, periodSeconds: 5 } }),
      container({ livenessProbe: { httpGet: { port: 80 } } }),
      container({ livenessProbe: { httpGet: { port: 80 }, periodSeconds: 5 } }),
    ],
    [
      'a port under the name of another',
      container({
        ports: [
          { name: 'http', containerPort: 80 },
          { name: 'own', containerPort: 9 },
        ],
      }),
      container({ ports: [{ name: 'http', containerPort: 8080 }] }),
      container({
        ports: [
          { name: 'own', containerPort: 9 },
          { name: 'http', containerPort: 8080 },
        ],
      }),
    ],
    [
      'the other limit of a disruption budget',
      { spec: { minAvailable: 1 } },
      { spec: { maxUnavailable: 2 } },
      { spec: { maxUnavailable: 2 } },
    ],
    [
      'a profile of another type',
      container({ securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'p' } } }),
      container({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
      container({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
    ],
    [
      'the backend of a webhook',
      { webhooks: [{ name: 'w', clientConfig: { url: 'https://x', caBundle: 'c' } }] },
      { webhooks: [{ name: 'w', clientConfig: { service: { name: 's' } } }] },
      { webhooks: [{ name: 'w', clientConfig: { service: { name: 's' }, caBundle: 'c' } }] },
    ],
    [
      'a key in the other half of a ConfigMap',
      { data: { a: '1', b: '2' }, binaryData: {} },
      { binaryData: { a: 'AA==' } },
      { data: { b: '2' }, binaryData: { a: 'AA==' } },
    ],
    [
      'no session affinity',
      { spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 3 } } } },
      { spec: { sessionAffinity: 'None' } },
      { spec: { sessionAffinity: 'None' } },
    ],
  ])('brings %s', (_what, target, brought, merged) => {
    const before = structuredClone(target);

    expect(mergeObjects(target, brought)).toEqual(merged);
    expect(target).toEqual(before);
  });

  it('keeps what only the other has: containers, variables, volumes, labels', () => {
    const target = {
      metadata: { labels: { theirs: 'x' } },
      spec: {
        containers: [{ name: 'injected' }, { name: 'a', env: [{ name: 'T', value: 't' }] }],
        volumes: [{ name: 'theirs', emptyDir: {} }],
      },
    };
    const merged = mergeObjects(target, {
      metadata: { labels: { ours: 'y' } },
      spec: {
        containers: [{ name: 'a', env: [{ name: 'O', value: 'o' }] }],
        volumes: [{ name: 'ours', emptyDir: {} }],
      },
    });

    expect(merged).toMatchObject({
      metadata: { labels: { theirs: 'x', ours: 'y' } },
      spec: {
        containers: [{ name: 'injected' }, { name: 'a', env: [{ name: 'T' }, { name: 'O' }] }],
        volumes: [{ name: 'theirs' }, { name: 'ours' }],
      },
    });
  });
});
