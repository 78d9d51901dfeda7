import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { mergePatch } from '../../../../../shared/formats/manifests/modifiers/patch/merge-patch';
import { parseDocument } from '../../../../../shared/operations/restore/document/document';
import { hold, passiveLabel, undoAnnotation } from '../../../../../shared/operations/restore/transform/hold';

const object = (spec: object): KubeObject =>
  ({
    metadata: { name: 'x', namespace: 'shop', labels: { own: 'yes' } },
    spec: structuredClone(spec),
  }) as KubeObject;

/** What the API server makes of the object when it is let go. */
function letGo(held: KubeObject): unknown {
  const undo = JSON.parse(held.metadata.annotations![undoAnnotation]!) as { spec: unknown };
  return mergePatch(held.spec, undo.spec);
}

const balanced = {
  type: 'LoadBalancer',
  externalTrafficPolicy: 'Local',
  loadBalancerSourceRanges: ['10.0.0.0/8'],
  healthCheckNodePort: 30001,
  selector: { app: 'web' },
  ports: [{ port: 80, nodePort: 30080 }],
};
const daemon = { template: { spec: { nodeSelector: { disk: 'ssd' }, containers: [] } } };

describe('hold', () => {
  it.each([
    ['cronjobs.batch', { schedule: '* * * * *', suspend: false }, { suspend: true }],
    ['cronjobs.batch', { schedule: '* * * * *' }, { suspend: true }],
    ['jobs.batch', { parallelism: 3 }, { parallelism: 0 }],
    ['deployments.apps', { replicas: 3 }, { replicas: 0 }],
    ['statefulsets.apps', {}, { replicas: 0 }],
    ['daemonsets.apps', daemon, { template: { spec: { nodeSelector: { [passiveLabel]: 'true' } } } }],
    [
      'horizontalpodautoscalers.autoscaling',
      { scaleTargetRef: { kind: 'Deployment', name: 'web' } },
      { scaleTargetRef: { name: 'passive-web' } },
    ],
    ['services', balanced, { type: 'ClusterIP', ports: [{ port: 80 }] }],
  ])('holds %s back, and remembers how to let it go', (groupResource, spec, held) => {
    const one = object(spec);
    hold(groupResource, one);
    expect(one.spec).toMatchObject(held);
    expect(one.metadata.labels).toEqual({ own: 'yes', [passiveLabel]: 'true' });
    expect(letGo(one)).toEqual(spec);
  });

  it('remembers numbers as they were written', () => {
    const text =
      '{"metadata":{"name":"x"},"spec":{"type":"LoadBalancer","ports":[{"port":80,"nodePort":30080.0}]}}';
    const one = parseDocument(Buffer.from(text), 'x');
    hold('services', one);
    expect(one.metadata.annotations![undoAnnotation]).toContain('"nodePort":30080.0}');
  });

  it('leaves alone what does nothing by itself, or is held back already', () => {
    for (const [groupResource, spec] of [
      ['services', { type: 'ClusterIP', ports: [{ port: 80 }] }],
      ['deployments.apps', { replicas: 0 }],
      ['cronjobs.batch', { suspend: true }],
      ['configmaps', { replicas: 3 }],
    ] as const) {
      const one = object(spec);
      hold(groupResource, one);
      expect(one).toEqual(object(spec));
    }
  });

  it('keeps what balances from a held Service', () => {
    const one = object(balanced);
    hold('services', one);
    expect(Object.keys(one.spec!).sort()).toEqual(['ports', 'selector', 'type']);
  });

  it('is undone exactly, whatever the number of replicas', () => {
    fc.assert(
      fc.property(fc.option(fc.nat(100), { nil: undefined }), (replicas) => {
        const spec = replicas === undefined ? { paused: true } : { replicas, paused: true };
        const one = object(spec);
        hold('deployments.apps', one);
        expect(one.spec?.replicas).toBe(0);
        if (replicas !== 0) expect(letGo(one)).toEqual(spec);
      }),
    );
  });
});
