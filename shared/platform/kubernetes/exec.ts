import { setMaxListeners } from 'node:events';
import { Writable } from 'node:stream';
import type { V1Status } from '@kubernetes/client-node';
import { LifeboatError } from '../errors';
import { ExecSocket, type SocketEnd, type SocketEndpoint } from './exec-socket';
import { OutputTail, withoutControls } from './output-tail';
import { type CommandEnd, CommandError, type PodCommand } from './pod-command';
import { errorOfStatus, isUnknownUser, statusOf } from './status';

/**
 * Runs a command in a container through `Exec` of client-node, over a socket of ours (docs/adr/0001). It is sent once and never
 * repeated: it may have run. Throws CommandError where it did not run or its end is not known, NotLetIn for credentials that the
 * API server does not know, LifeboatError `denied` for an address that is refused, or the signal's reason.
 */
export async function runInContainer(
  server: string,
  endpoint: SocketEndpoint,
  command: PodCommand,
): Promise<CommandEnd> {
  command.signal?.throwIfAborted();
  const [{ Exec }, { WebSocketHandler }] = await Promise.all([
    import('@kubernetes/client-node/dist/exec.js'),
    import('@kubernetes/client-node/dist/web-socket-handler.js'),
  ]);
  command.signal?.throwIfAborted();
  const output = new OutputTail();
  return new Promise<CommandEnd>((resolve, reject) => {
    let socket: ExecSocket | undefined;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      command.signal?.removeEventListener('abort', abort);
      socket?.close();
      act();
    };
    const abort = () => settle(() => reject(command.signal?.reason));
    const timer = setTimeout(() => settle(() => resolve({ outcome: 'timed-out', output })), command.timeout);
    if (command.signal) {
      setMaxListeners(0, command.signal);
      command.signal.addEventListener('abort', abort, { once: true });
    }
    const open = (url: string) => {
      socket = new ExecSocket(url, endpoint, (end) => settle(() => reject(errorOfEnd(command, end))));
      return socket as unknown as ReturnType<typeof handler.socketFactory & object>;
    };
    // Of the kubeconfig only the address is asked for: what else a connection needs has the socket.
    const config = { getCurrentCluster: () => ({ server }), applyToHTTPSOptions: async () => {} };
    const handler = new WebSocketHandler(config as never, open as never);
    const ended = (status: V1Status) =>
      settle(() => {
        const exitCode = exitCodeOf(status);
        if (exitCode === undefined) reject(notStarted(command, status));
        else resolve({ outcome: 'exited', exitCode, output });
      });
    new Exec(config as never, handler)
      .exec(
        encodeURIComponent(command.namespace),
        encodeURIComponent(command.pod),
        command.container,
        [...command.command],
        writing(output, 'stdout'),
        writing(output, 'stderr'),
        null,
        false,
        ended,
      )
      // The end of the socket has told why.
      .catch(() => {});
  });
}

function writing(output: OutputTail, stream: 'stdout' | 'stderr'): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      output.add(stream, chunk);
      done();
    },
  });
}

/** Undefined where the command did not run to an end of its own. */
function exitCodeOf({ status, reason, details }: V1Status): number | undefined {
  if (status === 'Success') return 0;
  if (reason !== 'NonZeroExitCode') return undefined;
  const code = Number(details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message);
  return Number.isInteger(code) ? code : undefined;
}

/** The runtime or the kubelet tells it in words alone. */
function notStarted(command: PodCommand, { message = 'no reason given' }: V1Status): CommandError {
  const why = withoutControls(message).replaceAll('\n', ' ').slice(0, 500);
  if (/container not found/.test(why))
    return new CommandError(command, 'not-running', 'the container is not running');
  if (/failed to (start )?exec|OCI runtime|executable file|no such file/i.test(why))
    return new CommandError(command, 'not-started', `the command did not start: ${why}`);
  return new CommandError(command, 'unavailable', `the node did not run the command: ${why}`);
}

function errorOfEnd(command: PodCommand, end: SocketEnd): LifeboatError {
  if (end.why === 'refused') return refusal(command, end);
  if (end.why === 'closed')
    return new CommandError(command, 'broken', 'the connection was closed before the command ended');
  if (end.error instanceof LifeboatError) return end.error;
  const [failure, what] = end.opened
    ? (['broken', 'the connection broke before the command ended'] as const)
    : (['unavailable', 'no connection to the API server'] as const);
  return new CommandError(command, failure, `${what}: ${end.error.message}`);
}

function refusal(command: PodCommand, answer: { status: number; body: Buffer }): LifeboatError {
  const status = statusOf(answer);
  const { namespace, pod, container } = command;
  if (isUnknownUser(status)) return errorOfStatus(status, `pod ${namespace}/${pod}`);
  if (status.code === 403) return new CommandError(command, 'denied', status.message);
  if (status.code === 404) return new CommandError(command, 'no-pod', 'the pod is gone');
  if (status.code === 400 && status.message === `container ${container} is not valid for pod ${pod}`)
    return new CommandError(command, 'no-container', 'the pod has no container of this name');
  if (status.code === 400 && /does not have a host/.test(status.message))
    return new CommandError(command, 'not-running', 'the pod is not on a node yet');
  const mayPass = status.code === 408 || status.code === 429 || (status.code >= 500 && status.code !== 501);
  return new CommandError(command, mayPass ? 'unavailable' : 'refused', status.message);
}
