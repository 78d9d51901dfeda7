import { type Fields, objectAt, set } from './conversion';

/**
 * A metric of autoscaling/v2 as v2beta1 writes it: target and selector flat instead of nested. The annotation in which
 * autoscaling/v1 keeps its metrics has the same form.
 */
export function metricToFlat(metric: Fields): Fields {
  const [field, source] = sourceOf(metric);
  if (!source) return metric;
  const target = objectAt(source, 'target') ?? {};
  const named = objectAt(source, 'metric') ?? {};
  return { type: metric.type, [field]: flatSource(String(metric.type), source, target, named) };
}

function flatSource(type: string, source: Fields, target: Fields, metric: Fields): Fields {
  const { value, averageValue, averageUtilization } = target;
  switch (type) {
    case 'Resource':
      return set({
        name: source.name,
        targetAverageUtilization: averageUtilization,
        targetAverageValue: averageValue,
      });
    case 'ContainerResource':
      return set({
        name: source.name,
        targetAverageUtilization: averageUtilization,
        targetAverageValue: averageValue,
        container: source.container,
      });
    case 'Pods':
      return set({ metricName: metric.name, targetAverageValue: averageValue, selector: metric.selector });
    case 'External':
      return set({
        metricName: metric.name,
        metricSelector: metric.selector,
        targetValue: value,
        targetAverageValue: averageValue,
      });
    case 'Object':
      return set({
        target: source.describedObject,
        metricName: metric.name,
        // Not optional there.
        targetValue: value ?? '0',
        selector: metric.selector,
        averageValue,
      });
    default:
      return source;
  }
}

/** The other way. */
export function metricFromFlat(metric: Fields): Fields {
  const [field, source] = sourceOf(metric);
  if (!source) return metric;
  return { type: metric.type, [field]: nestedSource(String(metric.type), source) };
}

function nestedSource(type: string, source: Fields): Fields {
  const { name, metricName, targetValue, targetAverageValue, targetAverageUtilization } = source;
  switch (type) {
    case 'Resource':
      return {
        name,
        target: target({ averageUtilization: targetAverageUtilization, averageValue: targetAverageValue }),
      };
    case 'ContainerResource':
      return {
        name,
        target: target({ averageUtilization: targetAverageUtilization, averageValue: targetAverageValue }),
        container: source.container,
      };
    case 'Pods':
      return {
        metric: set({ name: metricName, selector: source.selector }),
        target: target({ averageValue: targetAverageValue }),
      };
    case 'External':
      return {
        metric: set({ name: metricName, selector: source.metricSelector }),
        target: target({ averageValue: targetAverageValue, value: targetValue }),
      };
    case 'Object':
      return {
        describedObject: source.target,
        metric: set({ name: metricName, selector: source.selector }),
        target: target({ averageValue: source.averageValue, value: targetValue }),
      };
    default:
      return source;
  }
}

function target(values: { averageUtilization?: unknown; averageValue?: unknown; value?: unknown }): Fields {
  const given = set(values);
  if (given.averageUtilization !== undefined) return { type: 'Utilization', ...given };
  if (given.averageValue === undefined) return { type: 'Value', ...given };
  // The server's own 0 for a field that is not optional in the flat form; no server takes it back as a value.
  if (given.value === '0') delete given.value;
  return { type: 'AverageValue', ...given };
}

function sourceOf(metric: Fields): [string, Fields | undefined] {
  const type = String(metric.type);
  const field = type.charAt(0).toLowerCase() + type.slice(1);
  return [field, objectAt(metric, field)];
}
