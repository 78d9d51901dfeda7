import { longestHook } from '../../formats/manifests/hooks';
import { parseGoDuration } from '../../formats/manifests/go-duration';
import type { ExecHook } from './pod-hooks';

/** A hook as it is written in an annotation or a spec. */
export interface WrittenHook {
  container?: string;
  command: readonly string[] | { fault: string };
  onError?: string;
  timeout?: string;
  origin: string;
}

/** Velero's. */
const defaultTimeout = 30_000;

/**
 * Reads a hook for a pod: without a container it runs in the first one, without `onError` it fails, and without a timeout that
 * can be read it has 30 s. `problem` is told of what was replaced.
 * @param containers of the pod, in which commands can run
 */
export function readHook(
  { container, command, onError, timeout, origin }: WrittenHook,
  containers: readonly string[],
  problem: (sentence: string) => void,
): ExecHook {
  const chosen = container || (containers[0] ?? '');
  const fault =
    'fault' in command
      ? command.fault
      : containers.includes(chosen)
        ? undefined
        : `the pod has no container "${chosen}" (it has ${containers.join(', ') || 'none'})`;
  return {
    container: chosen,
    command: 'fault' in command ? [] : command,
    timeout: waitOf(timeout, origin, problem),
    onError: onErrorOf(onError, origin, problem),
    origin,
    ...(fault !== undefined && { fault }),
  };
}

function onErrorOf(
  written: string | undefined,
  origin: string,
  problem: (sentence: string) => void,
): ExecHook['onError'] {
  if (written === undefined || written === '' || written === 'Fail') return 'Fail';
  if (written === 'Continue') return 'Continue';
  problem(`${origin}: on-error is neither Continue nor Fail, so Fail is taken`);
  return 'Fail';
}

/** Milliseconds. */
function waitOf(written: string | undefined, origin: string, problem: (sentence: string) => void): number {
  if (written === undefined || written === '') return defaultTimeout;
  const milliseconds = durationOf(written);
  if (milliseconds === undefined || milliseconds <= 0) {
    problem(
      `${origin}: the timeout is not a duration above 0 (for example 30s), so ${defaultTimeout / 1000}s are taken`,
    );
    return defaultTimeout;
  }
  if (milliseconds <= longestHook) return milliseconds;
  problem(`${origin}: the timeout is longer than ${longestHook / 3_600_000}h, which is taken instead`);
  return longestHook;
}

function durationOf(text: string): number | undefined {
  try {
    return parseGoDuration(text);
  } catch {
    return undefined;
  }
}

/** Reads the command of an annotation: a JSON array of strings, or one program without arguments. No shell reads either. */
export function commandOf(text: string): readonly string[] | { fault: string } {
  if (!text.startsWith('[')) return [text];
  const parsed = jsonOf(text);
  if (!Array.isArray(parsed) || !parsed.every((one) => typeof one === 'string'))
    return { fault: 'its command begins with [ and is not a JSON array of strings' };
  return parsed[0] ? parsed : { fault: 'its command names no program' };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
