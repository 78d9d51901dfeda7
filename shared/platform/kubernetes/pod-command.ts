import { LifeboatError } from '../errors';
import type { OutputTail } from './output-tail';

/** One command to be run in a container that runs. */
export interface PodCommand {
  namespace: string;
  pod: string;
  container: string;
  /** The program and its arguments. No shell reads them. */
  command: readonly string[];
  /** Milliseconds for the connection and the command together. */
  timeout: number;
  signal?: AbortSignal;
}

/**
 * How a command ended. After `timed-out` the program goes on in its container: Kubernetes has no call that ends it, and it
 * does not notice that its reader has gone until it writes.
 */
export type CommandEnd = { output: OutputTail } & (
  | { outcome: 'exited'; exitCode: number }
  | { outcome: 'timed-out' }
);

/**
 * Why a command did not run, or why its end is not known:
 * - `no-pod`: the pod is gone
 * - `no-container`: the pod has no container of this name
 * - `not-running`: the container, or the pod, is not running
 * - `not-started`: the container has no such program, or the runtime did not start it
 * - `denied`: the credentials may not run commands
 * - `refused`: the API server refuses it for another reason, or does not know commands
 * - `unavailable`: the API server or the node did not answer
 * - `broken`: the connection broke after the command was sent, so that it may have run, or may still run
 */
export type CommandFailure =
  | 'no-pod'
  | 'no-container'
  | 'not-running'
  | 'not-started'
  | 'denied'
  | 'refused'
  | 'unavailable'
  | 'broken';

const kinds: Record<CommandFailure, LifeboatError['kind']> = {
  'no-pod': 'not-found',
  'no-container': 'invalid',
  'not-running': 'invalid',
  'not-started': 'invalid',
  denied: 'denied',
  refused: 'invalid',
  unavailable: 'unavailable',
  broken: 'unavailable',
};

const hints: Partial<Record<CommandFailure, string>> = {
  'no-container': 'name a container of the pod; init containers do not count',
  'not-started':
    'name a program that the image of the container has, by its full path where it is not in PATH',
  denied: 'the credentials need get and create on pods/exec (`lifeboat cluster add --scope` with `+hooks`)',
};

/** A command that did not run, or whose end is not known. */
export class CommandError extends LifeboatError {
  constructor(
    { namespace, pod, container }: Pick<PodCommand, 'namespace' | 'pod' | 'container'>,
    readonly failure: CommandFailure,
    /** A clause that does not name the container. */
    readonly why: string,
  ) {
    super(kinds[failure], `container "${container}" of pod ${namespace}/${pod}: ${why}`, {
      hint: hints[failure],
    });
    this.name = 'CommandError';
  }
}
