import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { annotate, type Fields, objectAt, objectsOf, parsedText, set, takeAnnotation } from './conversion';

const conditionsAnnotation = 'autoscaling.alpha.kubernetes.io/conditions';
const measuredAnnotation = 'autoscaling.alpha.kubernetes.io/current-metrics';

/** What was measured in autoscaling/v2 as v2beta1 writes it: flat, as `metricToFlat` has it for what is wanted. */
export function statusToFlat({ status }: KubeObject): void {
  if (Array.isArray(status?.currentMetrics))
    status.currentMetrics = objectsOf(status.currentMetrics).map(measuredToFlat);
}

/** The other way. */
export function statusFromFlat({ status }: KubeObject): void {
  if (Array.isArray(status?.currentMetrics))
    status.currentMetrics = objectsOf(status.currentMetrics).map(measuredFromFlat);
}

/** v1 has a field for the utilization of the CPU; all that was measured and the conditions are annotations there. */
export function statusToFirst(autoscaler: KubeObject): void {
  for (const name of [measuredAnnotation, conditionsAnnotation]) takeAnnotation(autoscaler, name);
  const { status } = autoscaler;
  if (!status) return;
  const metrics = objectsOf(status.currentMetrics);
  const conditions = objectsOf(status.conditions);
  delete status.currentMetrics;
  delete status.conditions;
  for (const metric of metrics) {
    const utilization = cpuUtilization(metric);
    if (utilization !== undefined) status.currentCPUUtilizationPercentage = utilization;
  }
  const annotated = [
    [measuredAnnotation, metrics.map(measuredToFlat)],
    [conditionsAnnotation, conditions],
  ] as const;
  for (const [name, list] of annotated) if (list.length > 0) annotate(autoscaler, name, JSON.stringify(list));
}

export function statusFromFirst(autoscaler: KubeObject): void {
  const metrics = parsedText(takeAnnotation(autoscaler, measuredAnnotation));
  const conditions = parsedText(takeAnnotation(autoscaler, conditionsAnnotation));
  const { status } = autoscaler;
  if (!status) return;
  const averageUtilization = status.currentCPUUtilizationPercentage;
  delete status.currentCPUUtilizationPercentage;
  if (Array.isArray(metrics)) status.currentMetrics = objectsOf(metrics).map(measuredFromFlat);
  else if (averageUtilization !== undefined) {
    status.currentMetrics = [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } },
    ];
  }
  if (Array.isArray(conditions)) status.conditions = objectsOf(conditions);
}

function cpuUtilization(metric: Fields): unknown {
  const resource = objectAt(metric, 'resource');
  if (metric.type !== 'Resource' || resource?.name !== 'cpu') return undefined;
  return objectAt(resource, 'current')?.averageUtilization;
}

function measuredToFlat(metric: Fields): Fields {
  return inEach(metric, (type, source) => {
    const { value, averageValue, averageUtilization } = objectAt(source, 'current') ?? {};
    const { name, selector } = objectAt(source, 'metric') ?? {};
    const { container, describedObject } = source;
    // Values that are not optional there are 0 where there are none.
    switch (type) {
      case 'Resource':
      case 'ContainerResource':
        return {
          name: source.name,
          container,
          currentAverageUtilization: averageUtilization,
          currentAverageValue: averageValue ?? '0',
        };
      case 'Pods':
        return { metricName: name, selector, currentAverageValue: averageValue ?? '0' };
      case 'External':
        return {
          metricName: name,
          metricSelector: selector,
          currentValue: value ?? '0',
          currentAverageValue: averageValue,
        };
      case 'Object':
        return {
          target: describedObject,
          metricName: name,
          selector,
          currentValue: value ?? '0',
          averageValue,
        };
      default:
        return source;
    }
  });
}

function measuredFromFlat(metric: Fields): Fields {
  return inEach(metric, (type, source) => {
    const { metricName, selector, metricSelector, container, target } = source;
    const { currentValue, currentAverageValue, currentAverageUtilization } = source;
    switch (type) {
      case 'Resource':
      case 'ContainerResource':
        return {
          name: source.name,
          container,
          current: measured({
            averageUtilization: currentAverageUtilization,
            averageValue: currentAverageValue,
          }),
        };
      case 'Pods':
        return {
          metric: set({ name: metricName, selector }),
          current: measured({ averageValue: currentAverageValue }),
        };
      case 'External':
        return {
          metric: set({ name: metricName, selector: metricSelector }),
          current: measured({ value: currentValue, averageValue: currentAverageValue }),
        };
      case 'Object':
        return {
          describedObject: target,
          metric: set({ name: metricName, selector }),
          current: measured({ value: currentValue, averageValue: source.averageValue }),
        };
      default:
        return source;
    }
  });
}

/** Without the zeros that stand beside something measured: the flat form has them where it cannot do without a value. */
function measured(current: {
  value?: unknown;
  averageValue?: unknown;
  averageUtilization?: unknown;
}): Fields {
  const given = set(current);
  if (given.averageUtilization !== undefined && given.averageValue === '0') delete given.averageValue;
  if (given.averageValue !== undefined && given.value === '0') delete given.value;
  return given;
}

/** Changes the one field of a metric that its type names. */
function inEach(metric: Fields, change: (type: string, source: Fields) => Fields): Fields {
  const type = String(metric.type);
  const field = type.charAt(0).toLowerCase() + type.slice(1);
  const source = objectAt(metric, field);
  return source ? { type, [field]: set(change(type, source)) } : metric;
}
