import * as v from 'valibot';
import type { ClusterManifest } from '../cluster';
import { instant, instantSchema } from '../instant';
import type { LabelSelector } from '../velero';

type Metadata = ClusterManifest['metadata'];

const annotation = 'lifeboat/labelled-at';
/** In the place of a label: when the cluster was registered. */
const registered = '*';
const times = v.record(v.string(), instantSchema);

/** Annotations of a cluster that says by them when each of its labels was set, changed or taken away. */
export function withLabelTimes(
  { annotations }: Pick<Metadata, 'annotations'>,
  before: Metadata['labels'] | undefined,
  after: Metadata['labels'],
  now: Date,
): Record<string, string> {
  const changed = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter(
    (label) => before?.[label] !== after?.[label],
  );
  if (before === undefined) changed.push(registered);
  const known = readTimes(annotations);
  for (const label of changed) known[label] = instant(now);
  return { ...annotations, [annotation]: JSON.stringify(known) };
}

/**
 * Since when a cluster may have been selected at the earliest, milliseconds: the last change of a label that the selector asks
 * for, or its registration. Undefined where that is not known.
 */
export function selectedSince(
  { annotations }: Pick<Metadata, 'annotations'>,
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
): number | undefined {
  const known = readTimes(annotations);
  const labels = [registered, ...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
  const moments = labels.flatMap((label) => (Object.hasOwn(known, label) ? [Date.parse(known[label]!)] : []));
  return moments.length === 0 ? undefined : Math.max(...moments);
}

function readTimes(annotations: Metadata['annotations']): Record<string, string> {
  try {
    const parsed = v.safeParse(times, JSON.parse(annotations?.[annotation] ?? '{}'));
    return parsed.success ? parsed.output : {};
  } catch {
    return {};
  }
}
