import type { RunId } from '../state/run/run-keys';
import { requestedRun } from './answers/runs';

/** What a route that asks for one run answers with. */
export const requestedAnswers = {
  202: {
    description: 'It will be carried out',
    content: requestedRun,
    headers: { location: 'Where to look' },
  },
} as const;

/** The answer itself: the run, and where it can be polled. */
export function requested(
  { kind, name }: RunId,
  { created, started }: { created: boolean; started: boolean },
) {
  return {
    status: 202,
    body: { name, created, started },
    headers: { location: `/${kind}/${name}` },
  } as const;
}
