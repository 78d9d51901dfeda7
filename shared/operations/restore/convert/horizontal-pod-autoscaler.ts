import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { metricFromFlat, metricToFlat } from './autoscaler-metrics';
import { statusFromFirst, statusFromFlat, statusToFirst, statusToFlat } from './autoscaler-status';
import {
  annotate,
  type Conversion,
  type Fields,
  objectAt,
  objectsOf,
  parsedText,
  renamed,
  takeAnnotation,
} from './conversion';

const kind = { kind: 'HorizontalPodAutoscaler', resource: 'horizontalpodautoscalers' };

/**
 * v2 and v2beta2 are one schema. v2beta1 and v1 keep what they have no field for in annotations, which every API server
 * that serves them reads (pkg/apis/autoscaling).
 */
export const autoscalerConversions: Conversion[] = [
  ...renamed(kind.kind, kind.resource, ['autoscaling/v2', 'autoscaling/v2beta2']),
  ...['autoscaling/v2', 'autoscaling/v2beta2'].flatMap((full): Conversion[] => [
    { ...kind, from: full, to: 'autoscaling/v2beta1', convert: toFlat },
    { ...kind, from: 'autoscaling/v2beta1', to: full, convert: fromFlat },
    { ...kind, from: full, to: 'autoscaling/v1', convert: toFirst },
    { ...kind, from: 'autoscaling/v1', to: full, convert: fromFirst },
  ]),
  { ...kind, from: 'autoscaling/v1', to: 'autoscaling/v2beta1', convert: chain(fromFirst, toFlat) },
  { ...kind, from: 'autoscaling/v2beta1', to: 'autoscaling/v1', convert: chain(fromFlat, toFirst) },
];

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';
type Change = (autoscaler: KubeObject) => void;

function chain(...changes: Change[]): Change {
  return (autoscaler) => {
    for (const change of changes) change(autoscaler);
  };
}

function toFlat(autoscaler: KubeObject): void {
  const spec = specOf(autoscaler);
  statusToFlat(autoscaler);
  if (Array.isArray(spec.metrics)) spec.metrics = objectsOf(spec.metrics).map(metricToFlat);
  behaviorToAnnotation(autoscaler, spec);
}

function fromFlat(autoscaler: KubeObject): void {
  const spec = specOf(autoscaler);
  statusFromFlat(autoscaler);
  if (Array.isArray(spec.metrics)) spec.metrics = objectsOf(spec.metrics).map(metricFromFlat);
  behaviorFromAnnotation(autoscaler, spec);
}

/** v1 has a field for the utilization of the CPU alone; of several such metrics it knows the first. */
function toFirst(autoscaler: KubeObject): void {
  const spec = specOf(autoscaler);
  statusToFirst(autoscaler);
  const metrics = objectsOf(spec.metrics);
  delete spec.metrics;
  const utilization = metrics.find(isCpuUtilization);
  if (utilization) {
    spec.targetCPUUtilizationPercentage = objectAt(utilization.resource, 'target')!.averageUtilization;
  }
  const others = metrics.filter((metric) => !isCpuUtilization(metric)).map(metricToFlat);
  if (others.length > 0) annotate(autoscaler, metricsAnnotation, JSON.stringify(others));
  behaviorToAnnotation(autoscaler, spec);
}

function fromFirst(autoscaler: KubeObject): void {
  const spec = specOf(autoscaler);
  statusFromFirst(autoscaler);
  const metrics = objectsOf(parsedText(takeAnnotation(autoscaler, metricsAnnotation))).map(metricFromFlat);
  const averageUtilization = spec.targetCPUUtilizationPercentage;
  delete spec.targetCPUUtilizationPercentage;
  if (averageUtilization !== undefined) {
    metrics.push({
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
    });
  }
  if (metrics.length > 0) spec.metrics = metrics;
  behaviorFromAnnotation(autoscaler, spec);
}

function isCpuUtilization(metric: Fields): boolean {
  const resource = objectAt(metric, 'resource');
  return (
    metric.type === 'Resource' &&
    resource?.name === 'cpu' &&
    objectAt(resource, 'target')?.averageUtilization !== undefined
  );
}

function specOf(autoscaler: KubeObject): Fields {
  autoscaler.spec ??= {};
  return autoscaler.spec;
}

function behaviorToAnnotation(autoscaler: KubeObject, spec: Fields): void {
  const behavior = objectAt(spec, 'behavior');
  delete spec.behavior;
  if (behavior) annotate(autoscaler, behaviorAnnotation, JSON.stringify(withGoNames(behavior)));
}

function behaviorFromAnnotation(autoscaler: KubeObject, spec: Fields): void {
  const behavior = parsedText(takeAnnotation(autoscaler, behaviorAnnotation));
  if (behavior) spec.behavior = withJsonNames(behavior);
}

/** The annotation holds Kubernetes' internal type, whose fields have no JSON names. */
function withGoNames(value: unknown): unknown {
  return mapNames(value, (name) => name.charAt(0).toUpperCase() + name.slice(1));
}

function withJsonNames(value: unknown): unknown {
  return mapNames(value, (name) => name.charAt(0).toLowerCase() + name.slice(1));
}

function mapNames(value: unknown, change: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => mapNames(one, change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(entries.map(([name, field]) => [change(name), mapNames(field, change)]));
}
