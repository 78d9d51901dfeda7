import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OssServer, type OssServerOptions, startOssServer } from '../../../local/oss/server';
import type { Clock } from '../../../shared/platform/clock';
import { systemClock } from '../../../shared/platform/system';
import { SignedClient } from './signed-client';

export interface TestServer {
  server: OssServer;
  client: SignedClient;
  directory: string;
  close(): Promise<void>;
}

/** A server in a folder of its own with the bucket `bkt` and the key pair `id`, `secret`. */
export async function startTestServer(options: Partial<OssServerOptions> = {}): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-oss-'));
  const server = await startOssServer({
    directory,
    credentials: [{ accessKeyId: 'id', accessKeySecret: 'secret' }],
    buckets: [{ name: 'bkt' }],
    ...options,
  });
  return {
    server,
    client: new SignedClient({ server, now: options.clock?.now }),
    directory,
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The machine's clock, moved by hand. */
export function movableClock(): Clock & { advance(ms: number): void } {
  let offset = 0;
  return {
    ...systemClock,
    now: () => new Date(Date.now() + offset),
    advance: (ms) => {
      offset += ms;
    },
  };
}
