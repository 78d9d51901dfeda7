import type FcClient from '@alicloud/fc2';
import type { Clock, Random } from '../../platform/clock';
import { LifeboatError } from '../../platform/errors';
import type { Dispatcher } from '../../operations/runs/dispatcher-port';
import type { RunId } from '../../formats/state/run-keys';
import type { Credentials } from './credentials';
import { workerEvent } from './worker-event';

export interface DispatcherOptions {
  accountId: string;
  /** `cn-hangzhou`. */
  region: string;
  credentials(): Credentials | Promise<Credentials>;
  /** Names of the functions that carry runs out. */
  functions: { backups: string; restores: string };
  /** Through the VPC; the function must be in the same region. */
  internal?: boolean;
  /** One machine only: the local FC host. */
  endpoint?: string;
  clock: Clock;
  random: Random;
}

const tries = 4;

/**
 * Starts workers through @alicloud/fc2. FC 3.0 functions have no service, so the calls go to the API of 2023-03-30,
 * which this SDK can speak when told so.
 */
export function fcDispatcher(options: DispatcherOptions): Dispatcher {
  const { clock, random } = options;
  return {
    async start(run, taskId) {
      const client = await fcClient(options);
      // The worker of backups copies them too: it may read and write vaults, and delete nothing.
      // A plan is a restore that is rehearsed.
      const restoring = run.kind === 'restores' || run.kind === 'plans';
      const name = options.functions[restoring ? 'restores' : 'backups'];
      for (let tried = 1; ; tried += 1) {
        try {
          return await invoke(client, name, run, taskId);
        } catch (error) {
          if (!(error instanceof LifeboatError) || error.kind !== 'unavailable' || tried === tries)
            throw error;
          await clock.sleep(random.fraction() * 500 * 2 ** tried);
        }
      }
    },
  };
}

/** The SDK's client, set up for FC 3.0. Loaded on first use: it pulls in a hundred packages. */
export async function fcClient(
  options: Pick<DispatcherOptions, 'accountId' | 'region' | 'credentials' | 'internal' | 'endpoint'>,
): Promise<FcClient> {
  const { default: Client } = await import('@alicloud/fc2');
  const { accessKeyId, accessKeySecret, securityToken } = await options.credentials();
  const client = new Client(options.accountId, {
    accessKeyID: accessKeyId,
    accessKeySecret,
    securityToken,
    region: options.region,
    // The SDK's default is plain HTTP, with the token in a header.
    secure: true,
    internal: options.internal ?? false,
    ...(options.endpoint && { endpoint: options.endpoint }),
    timeout: 20_000,
  });
  // The SDK sends a token only beside a key that starts with `STS`.
  client.securityToken = securityToken;
  client.version = '2023-03-30';
  return client;
}

async function invoke(
  client: FcClient,
  name: string,
  run: RunId,
  taskId: string,
): Promise<'sent' | 'already-sent'> {
  try {
    const { headers } = await client.post(
      `/functions/${name}/invocations`,
      workerEvent(run),
      { 'x-fc-invocation-type': 'Async', 'x-fc-async-task-id': taskId, 'x-fc-log-type': 'None' },
      { qualifier: 'LATEST' },
    );
    // The SDK does not throw for these: the answer is 200 with a header.
    if (headers['x-fc-error-type']) {
      throw new LifeboatError('unavailable', `function ${name} answered with ${headers['x-fc-error-type']}`, {
        hint: 'look at the log of the function',
      });
    }
    return 'sent';
  } catch (error) {
    if (error instanceof LifeboatError) throw error;
    const status = statusOf(error);
    if (status === 409) return 'already-sent';
    throw refusal(name, status, error);
  }
}

/** The SDK's errors carry the status in their message only. */
function statusOf(error: unknown): number | undefined {
  const digits = /failed with (\d{3})\./.exec(error instanceof Error ? error.message : '')?.[1];
  return digits ? Number(digits) : undefined;
}

/** Never quotes the SDK's message: it may repeat what was sent. */
function refusal(name: string, status: number | undefined, error: unknown): LifeboatError {
  const code = (error as { code?: unknown }).code;
  const said = [status ?? 'no answer', typeof code === 'string' ? code : undefined].filter(Boolean).join(' ');
  const message = `function ${name} could not be started: ${said}`;
  if (status === 404) {
    return new LifeboatError('not-found', message, {
      hint: 'deploy it, or correct the name of the function',
    });
  }
  if (status === 401 || status === 403) {
    return new LifeboatError('denied', message, { hint: 'allow fc:InvokeFunction on it' });
  }
  if (status !== undefined && status < 500 && status !== 429) {
    return new LifeboatError('invalid', message, {
      hint: 'look up the code in the documentation of Function Compute',
    });
  }
  return new LifeboatError('unavailable', message, { hint: 'the next tick tries again' });
}
