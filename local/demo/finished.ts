import type { RunKind, RunResult } from '../../shared/formats/manifests/run';
import { findRun } from '../../shared/formats/state/run/runs';
import type { OneMachine } from '../one-machine';
import { until } from './demo-cluster';

/** Waits for the outcome of a run, saying how far it is; rejects when it failed. */
export async function finished(
  { installation }: OneMachine,
  kind: RunKind,
  name: string,
  say: (text: string) => void,
): Promise<RunResult> {
  let result: RunResult | undefined;
  await until(async () => {
    const run = await findRun(installation.state.store, { kind, name });
    if (run?.progress)
      say(`${run.progress.phase} ${run.progress.done}${run.progress.total ? `/${run.progress.total}` : ''}`);
    result = run?.result;
    return result !== undefined;
  });
  if (result?.phase === 'Failed') throw new Error(`${kind.slice(0, -1)} ${name} failed: ${result.reason}`);
  return result!;
}
