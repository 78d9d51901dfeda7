import * as v from 'valibot';
import { instant } from '../../manifests/instant';
import { originVerdictSchema } from '../../manifests/origin-verdict';
import { parse } from '../../../platform/input/parse';
import type { RunResult } from '../../manifests/run';
import type { ObjectStore } from '../../../platform/oss/port';
import { NewerFormat } from '../format';
import { documentBytes, readJson } from '../json-object';
import { closeEnded } from './ended-runs';
import { type RunId, runStore } from '../run-keys';

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

/** Where the outcome lies in its run. */
export const resultKey = 'result.json';

/** An outcome as it is stored. @param what for messages @throws LifeboatError `invalid` */
export function parseResult(value: unknown, what: string): RunResult {
  return parse(resultSchema, value, what);
}

/** Undefined while the run is not finished. Of an outcome that a newer release wrote only the phase is believed. */
export async function findResult(state: ObjectStore, run: RunId): Promise<RunResult | undefined> {
  try {
    const stored = await readJson(runStore(state, run), resultKey);
    return stored && parseResult(stored.value, `${state.name}${run.kind}/${run.name} result`);
  } catch (error) {
    if (!(error instanceof NewerFormat)) throw error;
    return resultOfNewer(error);
  }
}

/** A run that has an outcome has ended, whatever else the outcome says: nothing must wait for it any longer. */
function resultOfNewer({ value, message, lastModified = new Date(0) }: NewerFormat): RunResult {
  const phase = v.safeParse(resultSchema.entries.phase, (value as { phase?: unknown }).phase);
  const at = instant(lastModified);
  return {
    kind: 'RunResult',
    phase: phase.success ? phase.output : 'Failed',
    reason: message,
    startTimestamp: at,
    completionTimestamp: at,
    errors: 0,
    warnings: 0,
    counts: {},
    attempts: 1,
  };
}

/** Writes the outcome, create-only, then closes the run. Answers with the outcome that stands: the first one. */
export async function finishRun(state: ObjectStore, run: RunId, result: RunResult): Promise<RunResult> {
  const { created } = await runStore(state, run).create(resultKey, documentBytes(result));
  const standing = created ? result : ((await findResult(state, run)) ?? result);
  await closeEnded(state, run);
  return standing;
}
