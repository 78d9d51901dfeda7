import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { isKind } from '../../../platform/errors';
import { parseJson } from '../../../platform/input/parse';
import type { ObjectStore } from '../../../platform/oss/port';
import { gunzipWithin } from '../../../formats/vault/untrusted/gunzip-within';
import type { PlanIndex, PlanLines } from './plan-lines';
import type { PlanHead } from './restore-plan';

/** In the folder of the run that made it: THE plan of the run, create-only. */
const key = 'plan.json.gz';
/** What a restore would report has at most 16 MiB, its problems less. */
const maxUnpacked = 32 << 20;

/** A plan that a run made. */
export interface StoredPlan {
  head: PlanHead;
  /** Where its objects lie, in the folder of the run: `readPlanLines` and `readPlanPage` take it. */
  objects: PlanIndex & { key: string };
}

const schema = v.object({
  head: v.looseObject({ kind: v.literal('RestorePlan'), version: v.literal(1) }),
  objects: v.object({
    key: v.string(),
    count: v.number(),
    bytes: v.number(),
    sha256: v.string(),
    members: v.array(v.object({ first: v.number(), at: v.number() })),
  }),
});

/**
 * Writes the plan that an attempt has made: its objects first, then what names them. Answers with the plan that stands, which
 * is the first one.
 * @param run bound to the folder of the run
 */
export async function storePlan(
  run: ObjectStore,
  attempt: number,
  shown: PlanHead,
  lines: PlanLines,
): Promise<StoredPlan> {
  const { bytes, index } = lines.finish();
  const made: StoredPlan = { head: shown, objects: { key: `attempt-${attempt}/objects.json.gz`, ...index } };
  await run.create(made.objects.key, bytes, { contentType: 'application/gzip' });
  const head = gzipSync(JSON.stringify(made));
  const { created } = await run.create(key, head, { contentType: 'application/gzip' });
  return created ? made : ((await findStoredPlan(run)) ?? made);
}

/** The plan that a run has made; undefined while there is none. */
export async function findStoredPlan(run: ObjectStore): Promise<StoredPlan | undefined> {
  try {
    const what = `${run.name}${key}`;
    const { body } = await run.get(key, { maxBytes: maxUnpacked });
    const head = gunzipWithin(what, body, { unpackedBytes: maxUnpacked });
    return parseJson(schema, head, what) as unknown as StoredPlan;
  } catch (error) {
    if (isKind(error, 'not-found')) return undefined;
    throw error;
  }
}
