import { messageOf } from '../../platform/errors';
import { restartOpenRuns } from '../../operations/runs/restart-open-runs';
import { type Installation, runContext } from '../installation';
import type { TickOutcome } from './tick';

const every = 15_000;
/** The next tick comes after a minute. */
const until = 45_000;

/**
 * After a tick: while runs wait for a place at their cluster, looks every 15 seconds whether one was freed, until the next tick
 * is near. The worker that frees a place does not fill it itself: it may start no function. Never fails; answers with how
 * many runs were started. Costs three requests for each run that waits, each time.
 */
export async function fillFreedPlaces(installation: Installation, { open }: TickOutcome): Promise<number> {
  const { clock, log } = installation;
  let waiting = 'held' in open ? open.held : [];
  let started = 0;
  try {
    for (let passed = every; passed <= until && waiting.length > 0; passed += every) {
      await clock.sleep(every);
      const { held, outcomes } = await restartOpenRuns(runContext(installation), waiting);
      waiting = held;
      started += outcomes.sent;
    }
  } catch (error) {
    log.warn('Runs that wait for a place were left to the next tick', { error: messageOf(error) });
  }
  return started;
}
