import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../../../../../shared/platform/kubernetes/kube-object';
import { conversions, pathTo } from '../../../../../shared/operations/restore/convert/table';
import { type CapturedPair, capturedPairs, plain } from './captured';

const pairs = capturedPairs();

describe('an object that we convert is what Kubernetes gives in the other version', () => {
  test.each(pairs)('$title', (pair) => {
    const path = pathTo(pair.kind, pair.from, (step) => step.to === pair.to);
    expect(path).toBeDefined();
    const object = structuredClone(pair.before);
    for (const step of path!) step.convert?.(object);
    object.apiVersion = pair.to;
    expect(comparable(plain(object) as KubeObject)).toEqual(expected(pair));
  });
});

describe('the table', () => {
  test('has no conversion that was not proved', () => {
    const proved = new Set(pairs.map(({ kind, from, to }) => `${kind}, ${from} → ${to}`));
    const named = conversions.map(({ kind, from, to }) => `${kind}, ${from} → ${to}`);
    expect(named.filter((one) => !proved.has(one))).toEqual([]);
  });

  test('has each conversion once, and each the other way too', () => {
    const named = conversions.map(({ kind, from, to }) => `${kind} ${from} ${to}`);
    expect(new Set(named).size).toBe(named.length);
    const back = conversions.map(({ kind, from, to }) => `${kind} ${to} ${from}`);
    expect(back.filter((one) => !named.includes(one))).toEqual([]);
  });
});

/** What the server gave, but for the two things that we keep better than it does. */
function expected({ after, before }: CapturedPair): unknown {
  const object = comparable(structuredClone(after) as KubeObject);
  if (object.kind !== 'HorizontalPodAutoscaler') return object;
  const containers = metricsOf(comparable(structuredClone(before))).flatMap(
    ({ containerResource }) => containerResource?.container ?? [],
  );
  for (const metric of metricsOf(object)) {
    // v2beta1 has a container, but the server's conversion forgets it and then refuses the object for its lack.
    if (metric.containerResource) metric.containerResource.container = containers.shift();
    // A zero that v2beta1 made of nothing; every later server refuses to take it back.
    const target = metric.object?.target;
    if (isFlat(before) && !isFlat(object) && target?.averageValue !== undefined && target.value === '0') {
      delete target.value;
    }
  }
  return object;
}

function isFlat(autoscaler: KubeObject): boolean {
  return autoscaler.apiVersion === 'autoscaling/v1' || autoscaler.apiVersion === 'autoscaling/v2beta1';
}

interface Metric {
  containerResource?: { container?: unknown };
  object?: { target: { value?: string; averageValue?: string } };
}

function metricsOf(autoscaler: KubeObject): Metric[] {
  const annotated: unknown = autoscaler.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'];
  return [autoscaler.spec?.metrics, annotated].flatMap((metrics) => (Array.isArray(metrics) ? metrics : []));
}

/** JSON in annotations as what it says: the order of its fields and its nulls mean nothing. */
function comparable(object: KubeObject): KubeObject {
  const { annotations } = object.metadata;
  for (const [name, value] of Object.entries(annotations ?? {})) {
    if (!name.startsWith('autoscaling.alpha.kubernetes.io/')) continue;
    annotations![name] = JSON.parse(value, (_key, one) => (one === null ? undefined : one));
  }
  return object;
}
