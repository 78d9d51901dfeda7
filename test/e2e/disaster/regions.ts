import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FcHost, startFcHost } from '../../../local/fc/fc-host';
import { oneMachineFunctions } from '../../../local/one-machine-functions';
import { type OssServer, startOssServer } from '../../../local/oss/server';
import { openOssStore } from '../../../shared/platform/oss/oss-store';
import type { ObjectStore } from '../../../shared/platform/oss/port';
import { systemClock, systemRandom } from '../../../shared/platform/system';
import { buildPrograms } from '../../harness/built-programs';
import { type CliEnd, runLifeboat } from '../../harness/lifeboat-process';

/** Those that a loss is about. */
const functions = ['backup', 'restore', 'retention-expiry'];
const accountId = '1000000000000001';
const keys = { accessKeyId: 'person', accessKeySecret: 'person-secret' };

/** OSS of one region, with a bucket for states and one for vaults. */
export interface Region {
  name: string;
  oss: OssServer;
  buckets: { state: string; vault: string };
  store(bucket: string, prefix?: string): ObjectStore;
}

/** Lifeboat's functions with the settings of one installation, and its command line. */
export interface Deployment {
  host: FcHost;
  /** Runs `lifeboat` as a process; `environment` changes single variables. */
  lifeboat(parameters: readonly string[], environment?: Record<string, string>): Promise<CliEnd>;
}

/** Two regions of a cloud on this machine, and what is deployed in them. */
export class Regions {
  readonly directory = mkdtempSync(join(tmpdir(), 'lifeboat-disaster-'));
  readonly #dist = buildPrograms(
    'cli/lifeboat.ts',
    'local/function-process.ts',
    ...functions.map((name) => `functions/${name}.ts`),
  );
  readonly #hosts: FcHost[] = [];
  readonly #servers: OssServer[] = [];

  async start(name: string): Promise<Region> {
    const buckets = { state: `state-${name}`, vault: `vault-${name}` };
    const oss = await startOssServer({
      directory: join(this.directory, name),
      region: name,
      credentials: [keys],
      buckets: [{ name: buckets.state }, { name: buckets.vault }],
    });
    this.#servers.push(oss);
    const store = (bucket: string, prefix = '') =>
      openOssStore(
        { region: name, bucket, prefix, networkType: 'public', endpoint: oss.endpoint },
        { credentials: async () => keys, allowInsecureLoopback: true },
        { clock: systemClock, random: systemRandom },
      );
    return { name, oss, buckets, store };
  }

  /** @param settings beside those that follow from region and prefix: keys */
  async deploy(region: Region, prefix: string, settings: Record<string, string>): Promise<Deployment> {
    const environment = {
      LIFEBOAT_STATE: `oss://${region.buckets.state}/${prefix}`,
      LIFEBOAT_REGION: region.name,
      LIFEBOAT_ACCOUNT_ID: accountId,
      LIFEBOAT_OSS_ENDPOINT: region.oss.endpoint,
      LIFEBOAT_LOCAL: '1',
      ...settings,
    };
    const all = oneMachineFunctions(this.#dist, environment).functions;
    const host = await startFcHost({
      functions: all
        .filter(({ name }) => functions.includes(name.replace('lifeboat-', '')))
        .map(({ onFailure: _nobody, ...rest }) => rest),
      // Runs that nobody started are none here: a tick of its own would only take time.
      timers: [{ function: 'lifeboat-retention-expiry', triggerName: 'every-hour', every: 3_600_000 }],
      dist: this.#dist,
      place: { accountId, region: region.name },
      credentials: () => keys,
      keys: [keys],
    });
    this.#hosts.push(host);
    const own = {
      ...environment,
      LIFEBOAT_FC_ENDPOINT: host.endpoint,
      ALIBABA_CLOUD_ACCESS_KEY_ID: keys.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: keys.accessKeySecret,
    };
    return {
      host,
      lifeboat: (parameters, changed = {}) => this.lifeboat(parameters, { ...own, ...changed }),
    };
  }

  /** The command line with this environment and no other. */
  lifeboat(parameters: readonly string[], environment: Record<string, string>): Promise<CliEnd> {
    const program = join(this.#dist, 'cli', 'lifeboat.js');
    return runLifeboat(program, parameters, environment, { input: '', cwd: this.directory });
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) await host.close();
    for (const server of this.#servers) await server.close();
    for (const path of [this.directory, this.#dist]) rmSync(path, { recursive: true, force: true });
  }
}

/** Every object of a place to another one, as OSS's replication between buckets brings it. */
export async function copyAll(from: ObjectStore, to: ObjectStore): Promise<void> {
  for await (const page of from.list(''))
    for (const { key } of page.objects) await to.put(key, (await from.get(key)).body);
}

/** Empties a place. */
export async function loseAll(store: ObjectStore): Promise<void> {
  for await (const page of store.list('')) await store.delete(page.objects.map(({ key }) => key));
}

/** Every object of a place: key to bytes. */
export async function contentsOf(store: ObjectStore): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for await (const page of store.list(''))
    for (const { key } of page.objects) contents.set(key, (await store.get(key)).body.toString('base64'));
  return contents;
}
