import * as v from 'valibot';
import { parse } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { instantSchema } from '../../manifests/instant';
import { documentBytes, readJson } from '../json-object';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(1_000));

const snapshotOperation = v.object({
  id: text,
  kind: v.literal('csi-snapshot'),
  namespace: text,
  claim: text,
  /** Name of the VolumeSnapshot; `kept` says whether it is still in the cluster. */
  snapshot: text,
  /** Name of its VolumeSnapshotContent. */
  content: text,
  driver: text,
  /** What the driver calls the snapshot. */
  handle: text,
  /** Bytes; absent where the driver does not say. */
  size: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  /**
   * - `taken`: the snapshot is cut, and not ready to be used yet
   * - `ready`: it can be used; its objects are still in the cluster
   * - `kept`: they have left the cluster without it
   * - `failed`: it is of no use
   */
  state: v.picklist(['taken', 'ready', 'kept', 'failed']),
  startedAt: instantSchema,
  endedAt: v.optional(instantSchema),
  /** When it is given up. */
  deadline: instantSchema,
  /** How often it was looked at. */
  attempts: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  error: v.optional(text),
});

/** What a run has its cluster's storage do, and how far that is. */
export type SnapshotOperation = v.InferOutput<typeof snapshotOperation>;

const operationsSchema = v.object({
  kind: v.literal('Operations'),
  operations: v.array(snapshotOperation),
});

const key = 'operations.json';
const maxBytes = 16 << 20;

/**
 * The operations of a run, by id; none where it has none. They stay as long as the run does: only the handles that are in them
 * are restored or deleted. Throws LifeboatError `invalid` where they cannot be read.
 * @param run bound to the run's folder
 */
export async function findOperations(run: ObjectStore): Promise<SnapshotOperation[]> {
  const stored = await readJson(run, key, maxBytes);
  return stored ? parse(operationsSchema, stored.value, `${run.name}${key}`).operations : [];
}

/** Overwrites them; by the holder of the run's lease alone. */
export async function writeOperations(
  run: ObjectStore,
  operations: readonly SnapshotOperation[],
): Promise<void> {
  await run.put(key, documentBytes({ kind: 'Operations', operations }));
}
