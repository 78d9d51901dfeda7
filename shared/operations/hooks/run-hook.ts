import type { Clock } from '../../platform/clock';
import { LifeboatError } from '../../platform/errors';
import type { OutputTail } from '../../platform/kubernetes/output-tail';
import { CommandError, type CommandEnd } from '../../platform/kubernetes/pod-command';
import type { Cluster, ExecCluster } from '../../platform/kubernetes/port';
import type { ExecHook, PodHooks } from './pod-hooks';

/** A connection that may be without commands: the hooks of its pods fail. */
export type HookCluster = Cluster & Partial<Pick<ExecCluster, 'exec'>>;

export interface HookRunner {
  cluster: HookCluster;
  clock: Clock;
  signal: AbortSignal;
}

/** A hook that was run, or tried. */
export interface HookOutcome {
  pod: Pick<PodHooks, 'namespace' | 'pod'>;
  hook: Pick<ExecHook, 'container' | 'origin'>;
  /** Why it failed: a clause. Absent where it ended with exit code 0. */
  failure?: string;
  /** The API server or the node did not answer: it was not run. */
  isAway?: boolean;
  /** Milliseconds. */
  took: number;
  output?: OutputTail;
}

/** Milliseconds between two tries of a hook that was not sent. */
const pauses = { once: [1_000, 2_000], owed: [1_000, 2_000, 4_000, 8_000] };

/**
 * Runs one hook and waits for its end. Where the API server or the node does not answer it is tried again; one that may have run
 * is tried again only where it is owed. Whatever goes wrong is in the outcome; throws the signal's reason alone.
 */
export async function runHook(
  { cluster, clock, signal }: HookRunner,
  pod: Pick<PodHooks, 'namespace' | 'pod'>,
  hook: Pick<ExecHook, 'container' | 'command' | 'timeout' | 'origin' | 'fault'>,
  isOwed: boolean,
): Promise<HookOutcome> {
  const began = clock.monotonic();
  const outcome = (rest: Partial<HookOutcome>): HookOutcome => ({
    pod: { namespace: pod.namespace, pod: pod.pod },
    hook: { container: hook.container, origin: hook.origin },
    took: clock.monotonic() - began,
    ...rest,
  });
  signal.throwIfAborted();
  if (!cluster.exec) return outcome({ failure: 'the connection to the cluster runs no commands' });
  if (hook.fault !== undefined) return outcome({ failure: hook.fault });
  const { container, command, timeout } = hook;
  const waits = [...(isOwed ? pauses.owed : pauses.once)];
  for (;;) {
    try {
      const { namespace } = pod;
      const end = await cluster.exec({ namespace, pod: pod.pod, container, command, timeout, signal });
      return outcome({ output: end.output, failure: failureOf(end, timeout) });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LifeboatError)) throw error;
      const isAway = error instanceof CommandError && error.failure === 'unavailable';
      const mayRepeat = isAway || (isOwed && error instanceof CommandError && error.failure === 'broken');
      const wait = mayRepeat ? waits.shift() : undefined;
      if (wait === undefined) return outcome({ failure: wordsOf(error, command), isAway });
      await clock.sleep(wait, signal);
    }
  }
}

function failureOf(end: CommandEnd, timeout: number): string | undefined {
  if (end.outcome === 'timed-out') {
    return `it did not end within ${timeout / 1_000}s; the program keeps running in the container, since Kubernetes has no call that ends it`;
  }
  return end.exitCode === 0 ? undefined : `exit code ${end.exitCode}`;
}

function wordsOf(error: LifeboatError, command: readonly string[]): string {
  const why = error instanceof CommandError ? error.why : error.message;
  const hints = error.hint === undefined ? [] : [error.hint];
  if (error instanceof CommandError && error.failure === 'not-started' && isOneText(command))
    hints.push(
      'the whole text is taken for the name of a program: write a command with arguments as a JSON array',
    );
  return hints.length > 0 ? `${why} (${hints.join('; ')})` : why;
}

function isOneText(command: readonly string[]): boolean {
  return command.length === 1 && /\s/.test(command[0] ?? '');
}
