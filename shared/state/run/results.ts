import * as v from 'valibot';
import { originVerdictSchema } from '../../manifests/origin-verdict';
import { parse } from '../../manifests/parse';
import type { RunResult } from '../../manifests/run';
import type { ObjectStore } from '../../store/port';
import { jsonBytes, readJson } from '../json-object';
import { closeEnded } from './ended-runs';
import { type RunId, runStore } from './run-keys';

/** As it is kept; fields of later versions are passed over. */
export const resultSchema = v.object({
  kind: v.literal('RunResult'),
  phase: v.picklist(['Completed', 'PartiallyFailed', 'Failed']),
  reason: v.optional(v.string()),
  startTimestamp: v.string(),
  completionTimestamp: v.string(),
  errors: v.number(),
  warnings: v.number(),
  counts: v.record(v.string(), v.number()),
  attempts: v.number(),
  origin: v.optional(originVerdictSchema),
  cancelled: v.optional(v.boolean()),
});

const key = 'result.json';

/** An outcome as it is stored. @param what for messages @throws LifeboatError `invalid` */
export function parseResult(value: unknown, what: string): RunResult {
  return parse(resultSchema, value, what);
}

/** Undefined while the run is not finished. */
export async function findResult(state: ObjectStore, run: RunId): Promise<RunResult | undefined> {
  const stored = await readJson(runStore(state, run), key);
  return stored && parseResult(stored.value, `${state.name}${run.kind}/${run.name} result`);
}

/** Writes the outcome, create-only, then closes the run. Answers with the outcome that stands: the first one. */
export async function finishRun(state: ObjectStore, run: RunId, result: RunResult): Promise<RunResult> {
  const { created } = await runStore(state, run).create(key, jsonBytes(result));
  const standing = created ? result : ((await findResult(state, run)) ?? result);
  await closeEnded(state, run);
  return standing;
}
