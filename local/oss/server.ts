import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../shared/platform/clock';
import { systemClock } from '../../shared/platform/system';
import { timestamp } from './call';
import type { OssCredentials } from './credentials';
import { type EventFilter, Events } from './events';
import { FaultPlan } from './faults';
import type { Denial } from './policy/authorise';
import { RequestHandler } from './request-handler';
import type { Versioning } from './storage/bucket-config';
import { Storage } from './storage/storage';

export type { OssCredentials } from './credentials';
export type { EventFilter } from './events';
export type { FaultRule } from './faults';

export interface OssServerOptions {
  /** File storage; made where it is missing. One server at a time: a second one throws `conflict`. */
  directory: string;
  /** A free one without it. */
  port?: number;
  /** cn-hangzhou without it; requests signed for another are refused. */
  region?: string;
  /** Read at every request: a caller may change the array to rotate keys. */
  credentials: OssCredentials[];
  /** Made where they are missing; a bucket that is there keeps its configuration. */
  buckets?: { name: string; versioning?: Versioning; worm?: { days: number } }[];
  clock?: Clock;
  /** Signature version 1 is closed to new buckets: off without it. */
  allowV1?: boolean;
  /** Custom domains: host name → bucket. */
  domains?: Record<string, string>;
  /** Buckets of other regions, by region: requests for them are told where to go. */
  elsewhere?: Record<string, string>;
}

export interface OssServer {
  /** `http://127.0.0.1:PORT`. */
  endpoint: string;
  port: number;
  /** `deliver` gets the JSON of FC's OSS trigger, after the call that caused it. Returns what ends the subscription. */
  subscribe(filter: EventFilter, deliver: (event: Buffer) => void): () => void;
  faults: FaultPlan;
  /** How often each operation was called, under the API's name for it; refused calls count too. */
  requests: Record<string, number>;
  /** What policies refused, in order. */
  denials: Denial[];
  /** Breaks what is under way. */
  close(): Promise<void>;
}

/** Starts an OSS server on 127.0.0.1 that keeps its objects in files. */
export async function startOssServer(options: OssServerOptions): Promise<OssServer> {
  const clock = options.clock ?? systemClock;
  const storage = await Storage.open(options.directory);
  for (const { name, versioning, worm } of options.buckets ?? []) {
    const created = timestamp({ clock });
    await storage.create({
      name,
      created,
      storageClass: 'Standard',
      ...(versioning ? { versioning } : {}),
      ...(worm ? { worm: { id: `WORM-${name}`, state: 'Locked', days: worm.days, created } } : {}),
      documents: {},
    });
  }
  const events = new Events();
  const faults = new FaultPlan();
  const requests: Record<string, number> = {};
  const denials: Denial[] = [];
  const closing = new AbortController();
  const handler = new RequestHandler({
    storage,
    clock,
    events,
    faults,
    requests,
    denials,
    region: options.region ?? 'cn-hangzhou',
    credentials: options.credentials,
    allowV1: options.allowV1 ?? false,
    domains: options.domains ?? {},
    elsewhere: options.elsewhere ?? {},
    closing: closing.signal,
  });
  const server = createServer(
    // Uploads of GBs take their time, and a client's pooled connection must not be closed under it.
    { requestTimeout: 0, keepAliveTimeout: 75_000, maxHeaderSize: 64 * 1024 },
    (request, response) => void handler.handle(request, response),
  );
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
  } catch (error) {
    await storage.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    subscribe: (filter, deliver) => events.subscribe(filter, deliver),
    faults,
    requests,
    denials,
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await handler.idle();
      await storage.close();
    },
  };
}
