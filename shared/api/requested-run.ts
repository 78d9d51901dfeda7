import type { RunId } from '../formats/state/run-keys';
import { requestedRun } from './answers/runs';

/** What a route that asks for one run answers with. */
export const requestedAnswers = {
  200: {
    description: 'The same was asked for before under this name: nothing was made, and `created` is false',
    content: requestedRun,
    headers: { location: 'Where to look' },
  },
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
    status: created ? 202 : 200,
    body: { name, created, started },
    headers: { location: `/${kind}/${name}` },
  } as const;
}
