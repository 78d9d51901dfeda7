import { messageOf } from '../../platform/errors';
import type { RunRequest } from '../../formats/manifests/run';
import { createRequest, runOf } from '../../formats/state/run/requests';
import type { RunId } from '../../formats/state/run-keys';
import { firstStart } from './first-start';
import type { RunContext } from './run-context';
import { startRun } from './start-run';

/** What became of asking for a run. */
export interface Requested {
  run: RunId;
  /** False when the same had been asked for before. */
  created: boolean;
  /** When the same had been asked for before. */
  askedAt?: Date;
  /** False when the worker could not be started now; the next tick does it. */
  started: boolean;
}

/**
 * Writes the intent, then starts the worker. Once the intent is written this does not fail any more: whatever goes
 * wrong with the start, the tick makes good. Throws `invalid`, or `conflict` when the name is taken by another request.
 * @param options as of `createRequest`
 */
export async function requestRun(
  context: RunContext,
  request: RunRequest,
  options: { absent?: boolean } = {},
): Promise<Requested> {
  const run = runOf(request);
  const made = await createRequest(context.state, request, options);
  try {
    const started = context.asksOnly
      ? await firstStart(context, request, made)
      : (await startRun(context, run, { request, made: made.created })) === 'sent';
    return { run, ...made, started };
  } catch (error) {
    context.log.warn(`The worker of ${run.name} could not be started, the next tick will`, {
      name: run.name,
      error: messageOf(error),
    });
    return { run, ...made, started: false };
  }
}
