import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Random } from '../shared/platform/clock';
import { installationOfEnvironment } from '../shared/app/from-environment';
import type { Installation } from '../shared/app/installation';
import { systemRandom } from '../shared/platform/system';
import { type FcHost, startFcHost } from './fc/fc-host';
import { landedBackupTrigger, oneMachineFunctions } from './one-machine-functions';
import { type OssServer, startOssServer } from './oss/server';

/** Region that the machine plays. */
export const localRegion = 'cn-hangzhou';
/** Buckets of a machine: Lifeboat's state, and one for vaults. */
export const localBuckets = { state: 'lifeboat-state', vault: 'lifeboat-vault' } as const;

const accountId = '1000000000000001';

/** Keys that stay the same over restarts, so that what is stored can be opened again. Secret. */
export interface MachineKeys {
  accessKeyId: string;
  accessKeySecret: string;
  /** 32 bytes in base64. */
  sealKey: string;
  /** 32 bytes in base64: backups are signed with it. */
  signingKey: string;
  apiToken: string;
}

export interface OneMachineOptions {
  /** Where the OSS server keeps its files. */
  directory: string;
  /** Folder of the built programs. */
  dist: string;
  keys?: MachineKeys;
  /** Ports of OSS, FC's API and the HTTP API; free ones without them. */
  ports?: { oss?: number; fc?: number; api?: number };
  /** Of the OSS server; the machine's without it. */
  ossClock?: Clock;
  /** Every line that a function writes. */
  log?(functionName: string, line: string): void;
}

/** OSS, Function Compute and Lifeboat's functions on one machine, on loopback ports. */
export interface OneMachine {
  oss: OssServer;
  fc: FcHost;
  installation: Installation;
  /** What the command line needs to work with this machine. Holds secrets. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

/** New keys for a machine. */
export function newMachineKeys(random: Random = systemRandom): MachineKeys {
  return {
    accessKeyId: `local${random.bytes(8).toString('hex')}`,
    accessKeySecret: random.bytes(24).toString('base64url'),
    sealKey: random.bytes(32).toString('base64'),
    signingKey: random.bytes(32).toString('base64'),
    apiToken: random.bytes(24).toString('base64url'),
  };
}

/** Starts the whole of it; what an earlier start left in `directory` is there again. */
export async function startOneMachine(options: OneMachineOptions): Promise<OneMachine> {
  const { directory, dist, log, ports, ossClock, keys = newMachineKeys() } = options;
  const { accessKeyId, accessKeySecret } = keys;
  const credentials = { accessKeyId, accessKeySecret };
  const oss = await startOssServer({
    directory: join(directory, 'oss'),
    region: localRegion,
    port: ports?.oss,
    clock: ossClock,
    credentials: [credentials],
    buckets: [{ name: localBuckets.state }, { name: localBuckets.vault }],
  });
  const settings = {
    LIFEBOAT_STATE: `oss://${localBuckets.state}/lifeboat`,
    LIFEBOAT_REGION: localRegion,
    LIFEBOAT_ACCOUNT_ID: accountId,
    LIFEBOAT_SEAL_KEY: keys.sealKey,
    LIFEBOAT_NOTIFICATION_KEY: createHash('sha256').update(`notification ${keys.sealKey}`).digest('base64'),
    LIFEBOAT_OSS_ENDPOINT: oss.endpoint,
    LIFEBOAT_LOCAL: '1',
  };
  const signing = { LIFEBOAT_SIGNING_KEY: keys.signingKey };
  const { functions, timers, http } = oneMachineFunctions(dist, settings, signing);
  const fc = await startFcHost({
    functions,
    dist,
    place: { accountId, region: localRegion },
    credentials: () => credentials,
    keys: [credentials],
    timers,
    ossTriggers: [landedBackupTrigger(localBuckets.vault)],
    subscribe: (filter, deliver) => oss.subscribe({ ...filter, events: [...filter.events] }, deliver),
    http,
    apiToken: keys.apiToken,
    port: ports?.fc,
    apiPort: ports?.api,
    log,
  });
  const environment = {
    ...settings,
    ...signing,
    LIFEBOAT_FC_ENDPOINT: fc.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
  };
  return {
    oss,
    fc,
    installation: await installationOfEnvironment(environment),
    environment,
    async close() {
      await fc.close();
      await oss.close();
    },
  };
}
