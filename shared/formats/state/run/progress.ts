import * as v from 'valibot';
import type { Clock } from '../../../platform/clock';
import { parse } from '../../../platform/input/parse';
import type { RunProgress } from '../../manifests/run';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes, readJson } from '../json-object';
import { LatestWriter } from './latest-writer';
import type { ReportProgress } from './progress-port';

/** As it is kept; fields of later versions are passed over. */
export const progressSchema = v.object({
  phase: v.string(),
  done: v.number(),
  total: v.optional(v.number()),
  estimated: v.optional(v.boolean()),
  secondsLeft: v.optional(v.number()),
  message: v.optional(v.string()),
  at: v.string(),
});

const key = 'progress.json';

/** Undefined when nothing was reported, or when what was reported cannot be read: it decides nothing. */
export async function findProgress(run: ObjectStore): Promise<RunProgress | undefined> {
  try {
    const stored = await readJson(run, key);
    return stored && parse(progressSchema, stored.value, 'progress');
  } catch {
    return undefined;
  }
}

/** Says why a run waits, unless that was said last. */
export async function noteWaiting(run: ObjectStore, clock: Clock, message: string): Promise<void> {
  const last = await findProgress(run);
  if (last?.phase === 'Waiting' && last.message === message) return;
  await run.put(key, documentBytes({ phase: 'Waiting', done: 0, message, at: clock.now().toISOString() }));
}

export interface ProgressOptions {
  /** Milliseconds between two writes. */
  every?: number;
  /** How many objects there were the last time, where the run itself does not know how many there will be. */
  expected?: number;
}

/**
 * Writes `progress.json`, throttled. Where the total is known or expected, and the stage has gone on for a while, it says how
 * many seconds are left at the rate so far.
 */
export function progressWriter(
  run: ObjectStore,
  clock: Clock,
  { every = 2_000, expected }: ProgressOptions = {},
): { report: ReportProgress; flush(): Promise<void>; drop(): Promise<void> } {
  let latest: Omit<RunProgress, 'at'> | undefined;
  let stage = { phase: '', since: 0, done: 0 };
  const writer = new LatestWriter(
    () => run.put(key, documentBytes({ ...latest, at: clock.now().toISOString() })),
    clock,
    every,
  );
  return {
    report(progress) {
      const now = clock.monotonic();
      if (progress.phase !== stage.phase) stage = { phase: progress.phase, since: now, done: progress.done };
      const unknown = progress.total === undefined || progress.estimated;
      const whole = unknown && expected ? withTotal(progress, expected) : progress;
      latest = { ...whole, ...timeLeft(whole, now - stage.since, progress.done - stage.done) };
      writer.touch();
    },
    flush: () => writer.flush(),
    drop: () => writer.drop(),
  };
}

/** Never less than what is done already. */
function withTotal(progress: Omit<RunProgress, 'at'>, expected: number): Omit<RunProgress, 'at'> {
  return { ...progress, total: Math.max(expected, progress.done), estimated: true };
}

function timeLeft(
  { done, total }: Omit<RunProgress, 'at'>,
  elapsed: number,
  doneMeanwhile: number,
): { secondsLeft?: number } {
  if (total === undefined || elapsed < 1_000 || doneMeanwhile <= 0) return {};
  return { secondsLeft: Math.ceil(((total - done) * elapsed) / doneMeanwhile / 1_000) };
}
