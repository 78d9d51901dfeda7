import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import type { Finished } from '../../local/fc/async-queue';
import { type FcHost, startFcHost } from '../../local/fc/fc-host';
import type { HostCredentials } from '../../local/fc/hosted-function';
import { parsePolicy } from '../../local/oss/policy/policy';
import { type OssServer, startOssServer } from '../../local/oss/server';
import type { Clock } from '../../shared/platform/clock';
import { sanitiseKubeconfig } from '../../shared/platform/kubernetes/kubeconfig';
import { functionNames } from '../../shared/app/deploy/functions';
import { installationOfEnvironment } from '../../shared/app/from-environment';
import type { Installation } from '../../shared/app/installation';
import { registerCluster } from './register-cluster';
import { systemRandom } from '../../shared/platform/system';
import { buildPrograms } from './built-programs';
import { CheckedBackups, vaultOpener } from './checked-backups';

const place = { accountId: '1000000000000001', region: 'cn-hangzhou' };

/** Keys that the OSS server and the FC host accept. */
export const role = { accessKeyId: 'STS.role', accessKeySecret: 'role-secret', securityToken: 'role-token' };
export const person = { accessKeyId: 'person', accessKeySecret: 'person-secret' };

/** Lifeboat's functions from this checkout on the FC host, with the vault `main` and the sandbox clusters `a` and `b`. */
export interface HostedLifeboat {
  directory: string;
  oss: OssServer;
  host: FcHost;
  a: SandboxCluster;
  b: SandboxCluster;
  installation: Installation;
  /** Every asynchronous invocation that has ended. */
  finished: Finished[];
  /** Every line that a function wrote. */
  lines: string[];
  /** From now on each function may do what this RAM policy allows; for those that were started with `policyOf`. */
  allow(policy: unknown): void;
  close(): Promise<void>;
}

/** The STS credentials of a function that has its own. */
export function credentialsOf(functionName: string): HostCredentials {
  return {
    accessKeyId: `STS.${functionName}`,
    accessKeySecret: `secret-of-${functionName}`,
    securityToken: `token-of-${functionName}`,
  };
}

/**
 * @param options `ossClock` is the only clock that decides about leases; `duplicate` says which messages come twice;
 * with `policyOf` each function has credentials of its own, which may do what that RAM policy allows and no more
 */
export async function startHostedLifeboat(options: {
  ossClock?: Clock;
  duplicate(n: number): boolean;
  policyOf?(functionName: string): unknown;
  /** Default `oss://lifeboat-state/lifeboat`. */
  state?: string;
}): Promise<HostedLifeboat> {
  const { policyOf } = options;
  const own = new Map(
    functionNames.map((name): [string, HostCredentials] => {
      const functionName = `lifeboat-${name}`;
      if (!policyOf) return [functionName, role];
      const policies = [parsePolicy(policyOf(functionName))];
      return [functionName, { ...credentialsOf(functionName), policies }];
    }),
  );
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-hosted-'));
  const dist = buildPrograms(
    'local/function-process.ts',
    ...functionNames.map((name) => `functions/${name}.ts`),
  );
  const finished: Finished[] = [];
  const lines: string[] = [];
  const oss = await startOssServer({
    directory: join(directory, 'oss'),
    credentials: [role, person, ...own.values()],
    buckets: [{ name: 'lifeboat-state' }, { name: 'lifeboat-vault' }],
    clock: options.ossClock,
  });
  const [a, b] = await Promise.all([startSandboxCluster({ name: 'a' }), startSandboxCluster({ name: 'b' })]);
  const settings = {
    LIFEBOAT_STATE: options.state ?? 'oss://lifeboat-state/lifeboat',
    LIFEBOAT_REGION: 'cn-hangzhou',
    LIFEBOAT_ACCOUNT_ID: place.accountId,
    LIFEBOAT_SEAL_KEY: systemRandom.bytes(32).toString('base64'),
    LIFEBOAT_NOTIFICATION_KEY: systemRandom.bytes(32).toString('base64'),
    LIFEBOAT_OSS_ENDPOINT: oss.endpoint,
    LIFEBOAT_LOCAL: '1',
  };
  const host = await startFcHost({
    dist,
    place,
    functions: functionNames.map((name) => ({
      name: `lifeboat-${name}`,
      bundle: join(dist, 'functions', name, 'index.js'),
      environment: settings,
      timeout: 600,
      maxAsyncRetryAttempts: 0,
      ...(name !== 'notify' && { onFailure: 'lifeboat-notify' }),
    })),
    credentials: (functionName) => own.get(functionName)!,
    keys: [person],
    timers: [
      { function: 'lifeboat-scheduled-backup', triggerName: 'every-minute', every: 3_600_000 },
      { function: 'lifeboat-retention-expiry', triggerName: 'every-hour', every: 3_600_000 },
    ],
    ossTriggers: [
      {
        function: 'lifeboat-cross-cluster-restore',
        filter: {
          bucket: 'lifeboat-vault',
          events: ['oss:ObjectCreated:PutObject'],
          prefix: 'team/backups/',
          suffix: '/velero-backup.json',
        },
      },
    ],
    subscribe: oss.subscribe,
    http: 'lifeboat-api',
    duplicate: options.duplicate,
    finished: (result) => finished.push(result),
    log: (name, line) => lines.push(`${name} ${line}`),
  });
  const installation = await installationOfEnvironment({
    ...settings,
    LIFEBOAT_FC_ENDPOINT: host.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: person.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: person.accessKeySecret,
  });
  const checked = new CheckedBackups(oss, ['lifeboat-vault'], vaultOpener(installation, place.region));
  await installation.state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'lifeboat-vault', subdirectory: 'team' },
  });
  for (const [name, { kubeconfig }] of Object.entries({ a, b })) {
    await registerCluster(name, sanitiseKubeconfig(kubeconfig, { allowLoopback: true }), installation);
  }
  return {
    directory,
    oss,
    host,
    a,
    b,
    installation,
    finished,
    lines,
    allow(policy) {
      for (const credentials of own.values()) credentials.policies = [parsePolicy(policy)];
    },
    async close() {
      try {
        await checked.check();
      } finally {
        await host.close();
        await Promise.all([a.close(), b.close(), oss.close()]);
        for (const path of [directory, dist]) rmSync(path, { recursive: true, force: true });
      }
    },
  };
}
