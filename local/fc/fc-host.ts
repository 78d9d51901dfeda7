import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../shared/platform/clock';
import { systemClock } from '../../shared/platform/system';
import { AsyncQueue, type Finished } from './async-queue';
import { destinationEvent } from './destination-event';
import { FunctionPool } from './function-pool';
import type { HostCredentials, HostedFunction, HostPlace } from './hosted-function';
import { httpTrigger } from './http-trigger';
import type { Outcome } from './instance';
import { type EndpointOptions, invocationEndpoint } from './invocation-endpoint';
import { mayInvoke } from './may-invoke';
import { runTimer, type TimerTrigger, timerEvent } from './timers';

/** An OSS trigger: `subscribe` of the OSS server takes its filter. */
export interface OssTrigger {
  function: string;
  filter: { bucket: string; events: readonly string[]; prefix: string; suffix: string };
}

export interface FcHostOptions {
  functions: HostedFunction[];
  /** Folder of the built programs, which holds `local/function-process.js`. */
  dist: string;
  place: HostPlace;
  /** Of the functions' role, handed to every request; asked each time, so that they can be short-lived. */
  credentials(functionName: string): HostCredentials;
  /** Other keys that may invoke functions: people's. */
  keys?: readonly HostCredentials[];
  timers?: TimerTrigger[];
  ossTriggers?: OssTrigger[];
  /** From the OSS server; needed for OSS triggers. */
  subscribe?(filter: OssTrigger['filter'], deliver: (event: Buffer) => void): () => void;
  /** Name of the function behind the HTTP endpoint. */
  http?: string;
  /** One is made without it. */
  apiToken?: string;
  /** Ports of the two endpoints; free ones without them. */
  port?: number;
  apiPort?: number;
  /** Whether the n-th asynchronous message is delivered twice. Default: every second one. */
  duplicate?(n: number): boolean;
  /** Refuses a call of the endpoint with 429 or 5xx, before anything is done. */
  refuse?: EndpointOptions['refuse'];
  /** Instances at work at a time for asynchronous messages. Default 8. */
  concurrency?: number;
  clock?: Clock;
  /** Every line that a function writes. */
  log?(functionName: string, line: string): void;
  /** Every asynchronous invocation that has ended, after its retries. */
  finished?(result: Finished): void;
}

export interface FcHost {
  /** For LIFEBOAT_FC_ENDPOINT: answers @alicloud/fc2. */
  endpoint: string;
  /** Of the HTTP function; undefined without one. */
  apiUrl: string;
  /** Bearer token that `apiUrl` wants. */
  apiToken: string;
  /** A synchronous invocation. */
  invoke(functionName: string, event: Buffer | string | object): Promise<Outcome>;
  /** Fires a timer now, through the queue. */
  fireTimer(triggerName: string): void;
  /** Sends an asynchronous message, as a trigger does. */
  send(functionName: string, event: Buffer | string | object): void;
  /** Resolves when everything was delivered and has finished. */
  idle(): Promise<void>;
  /** Kills the processes of a function at once, as when its machines are lost. */
  kill(functionName: string): void;
  /** Process ids of the instances of a function. */
  pids(functionName: string): number[];
  /** Ends triggers, queue, endpoints and processes. */
  close(): Promise<void>;
}

/** Runs bundled functions on one machine as Function Compute does: a process an instance, triggers, queue, endpoints. */
export async function startFcHost(options: FcHostOptions): Promise<FcHost> {
  const clock = options.clock ?? systemClock;
  const apiToken = options.apiToken ?? randomBytes(24).toString('base64url');
  const queue = new AsyncQueue({
    clock,
    duplicate: options.duplicate ?? ((n) => n % 2 === 0),
    concurrency: options.concurrency ?? 8,
    finished(result) {
      options.finished?.(result);
      const told = destinationOf(result);
      if (told && pools.has(told)) send(told, destinationEvent(result, options.place, clock.now()));
    },
  });
  const pools = new Map<string, FunctionPool>();
  // Functions learn the address of the endpoint from their environment, so it must stand before they do.
  const servers: Server[] = [];
  const keys = () => [
    ...(options.keys ?? []),
    ...options.functions.map(({ name }) => options.credentials(name)),
  ];
  const endpoint = await listen(
    invocationEndpoint({ pools, queue, keys, place: options.place, clock, refuse: options.refuse }),
    options.port,
    servers,
  );
  for (const hosted of options.functions) {
    const environment = {
      LIFEBOAT_FC_ENDPOINT: endpoint,
      ...(hosted.name === options.http && {
        LIFEBOAT_API_TOKEN_SHA256: createHash('sha256').update(apiToken).digest('hex'),
      }),
      ...hosted.environment,
    };
    pools.set(
      hosted.name,
      new FunctionPool(
        { ...hosted, environment },
        {
          place: options.place,
          entry: join(options.dist, 'local', 'function-process.js'),
          credentials: options.credentials,
          log: options.log ?? (() => {}),
        },
      ),
    );
  }
  const destinationOf = ({ functionName, outcome }: Finished) => {
    const { onFailure } = options.functions.find(({ name }) => name === functionName) ?? {};
    // Function Compute starts the destination with the role of the function that failed.
    const may = onFailure && mayInvoke(options.credentials(functionName), onFailure, options.place);
    return outcome.error && may ? onFailure : undefined;
  };
  const poolOf = (name: string): FunctionPool => {
    const pool = pools.get(name);
    if (!pool) throw new Error(`the FC host has no function "${name}"`);
    return pool;
  };
  const send = (name: string, event: Buffer | string | object) =>
    void queue.send(poolOf(name), toBytes(event));

  let apiUrl = '';
  if (options.http) {
    const trigger = httpTrigger({ pool: poolOf(options.http), place: options.place, clock });
    apiUrl = await listen(trigger, options.apiPort, servers);
  }
  const stopped = new AbortController();
  const timers = options.timers ?? [];
  for (const timer of timers) {
    void runTimer(timer, clock, stopped.signal, (event) => send(timer.function, event));
  }
  const subscriptions = (options.ossTriggers ?? []).map((trigger) => {
    if (!options.subscribe) throw new Error('OSS triggers need the OSS server to subscribe to');
    return options.subscribe(trigger.filter, (event) => send(trigger.function, event));
  });

  return {
    endpoint,
    apiUrl,
    apiToken,
    invoke: (name, event) => poolOf(name).invoke(toBytes(event), randomUUID()),
    fireTimer(triggerName) {
      const timer = timers.find((each) => each.triggerName === triggerName);
      if (!timer) throw new Error(`the FC host has no timer "${triggerName}"`);
      send(timer.function, timerEvent(timer, clock.now()));
    },
    send,
    idle: () => queue.idle(),
    kill: (name) => poolOf(name).kill(),
    pids: (name) => poolOf(name).pids(),
    async close() {
      stopped.abort();
      for (const unsubscribe of subscriptions) unsubscribe();
      queue.close();
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      await Promise.all(servers.map(end));
    },
  };
}

function toBytes(event: Buffer | string | object): Buffer {
  if (Buffer.isBuffer(event)) return event;
  return Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
}

async function listen(
  listener: (...args: Parameters<RequestListener>) => Promise<void>,
  port: number | undefined,
  servers: Server[],
): Promise<string> {
  const server = createServer((request, response) => {
    listener(request, response).catch(() => response.destroy());
  });
  servers.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port ?? 0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function end(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
