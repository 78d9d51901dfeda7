import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OssServer, startOssServer } from '../../../../local/oss/server';
import type { Clock } from '../../../../shared/platform/clock';
import type { Log } from '../../../../shared/platform/log/log';
import type { StoreTimeouts } from '../../../../shared/platform/oss/oss-connection';
import {
  type OssCredentials,
  type OssLocation,
  openOssStore,
} from '../../../../shared/platform/oss/oss-store';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import type { RetryPolicy } from '../../../../shared/platform/oss/retry';
import { systemClock, systemRandom } from '../../../../shared/platform/system';

export const key: OssCredentials = { accessKeyId: 'fixture', accessKeySecret: 'fixture-secret' };

/** As many tries as in earnest, without the waiting. */
export const impatient: RetryPolicy = { attempts: 6, base: 1, cap: 4 };

export interface StoreOptions extends Partial<OssLocation> {
  credentials?: () => Promise<OssCredentials>;
  clock?: Clock;
  log?: Log;
  retry?: RetryPolicy;
  timeouts?: Partial<StoreTimeouts>;
}

/** A store on a server of this machine. */
export function storeOn(endpoint: string, options: StoreOptions = {}): ObjectStore {
  const { credentials, clock, log, retry, timeouts, ...location } = options;
  return openOssStore(
    { region: 'cn-hangzhou', bucket: 'plain', networkType: 'public', endpoint, ...location },
    { credentials: credentials ?? (async () => key), allowInsecureLoopback: true },
    { clock: clock ?? systemClock, random: systemRandom, log, retry: retry ?? impatient, timeouts },
  );
}

export interface OssFixture {
  server: OssServer;
  /** The keys that the server takes; a test may change them. */
  credentials: OssCredentials[];
  /** On the bucket `plain`, which never kept versions. */
  store: ObjectStore;
  open(options?: StoreOptions): ObjectStore;
  close(): Promise<void>;
}

/** The embedded server with the buckets `plain`, `versioned` and `worm`. */
export async function startFixture(): Promise<OssFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-store-'));
  const credentials = [key];
  const server = await startOssServer({
    directory,
    credentials,
    buckets: [
      { name: 'plain' },
      { name: 'versioned', versioning: 'Enabled' },
      { name: 'worm', worm: { days: 1 } },
    ],
  });
  return {
    server,
    credentials,
    store: storeOn(server.endpoint),
    open: (options) => storeOn(server.endpoint, options),
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function* slices(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}
