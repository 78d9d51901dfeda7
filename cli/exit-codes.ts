import type { ErrorKind } from '../shared/platform/errors';

/** The documented exit codes of `lifeboat`; docs/cli.md lists them. */
export const exitCodes = {
  done: 0,
  runFailed: 1,
  invalid: 2,
  'not-found': 3,
  conflict: 4,
  denied: 5,
  corrupt: 6,
  unavailable: 7,
  'lost-lease': 7,
  runPartiallyFailed: 8,
  unprovable: 9,
} as const satisfies Record<ErrorKind | 'done' | 'runFailed' | 'runPartiallyFailed' | 'unprovable', number>;

/** The exit code after waiting for a run that ended in `phase`. */
export function exitCodeOfPhase(phase: string): number {
  if (phase === 'Completed') return exitCodes.done;
  return phase === 'PartiallyFailed' ? exitCodes.runPartiallyFailed : exitCodes.runFailed;
}
