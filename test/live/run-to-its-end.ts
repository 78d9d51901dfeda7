import type { Installation } from '../../shared/app/installation';
import type { RunKind, RunResult } from '../../shared/formats/manifests/run';
import { findRun } from '../../shared/formats/state/run/runs';
import { systemClock } from '../../shared/platform/system';

/** Waits for the outcome of a run that the deployed functions carry out. */
export async function resultOf(
  { state }: Installation,
  kind: RunKind,
  name: string,
  within: number,
): Promise<RunResult> {
  for (const start = systemClock.monotonic(); systemClock.monotonic() - start < within; ) {
    const run = await findRun(state.store, { kind, name });
    if (run?.result) return run.result;
    await systemClock.sleep(3_000);
  }
  throw new Error(`${kind} ${name} has no outcome after ${within / 1_000} seconds`);
}
