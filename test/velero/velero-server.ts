import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../local/control-plane/free-ports';
import type { RealCluster } from '../../local/control-plane/real-cluster';
import { runProgram } from '../../local/control-plane/run-program';

/** A location of Velero's: a vault of ours, as its users would describe it. */
export interface VeleroLocation {
  name: string;
  endpoint: string;
  bucket: string;
  prefix: string;
  keys: { accessKeyId: string; accessKeySecret: string };
  /**
   * The location says that it was found available before, as after a restart of Velero. The server looks for backups at once
   * then; otherwise it does so a minute after its start.
   */
  foundBefore?: boolean;
}

/** Where Velero is installed: `folder` holds the administrator's `kubeconfig`. */
export type VeleroCluster = Pick<RealCluster, 'folder' | 'kubectl' | 'apply'>;

export interface VeleroOptions {
  /** Features of Velero's that are off by default. */
  features?: readonly string[];
  /** Velero's namespace. It restores nothing of another installation's. */
  namespace?: string;
}

/** A real Velero, installed in a cluster and run beside it, with one location. */
export interface VeleroServer {
  /** Runs Velero's own command line; resolves to what it printed, rejects with what it complained of. */
  cli(...parameters: string[]): Promise<string>;
  /** What the server wrote so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Ends the server and its plugins when our end of its standard input closes, be it because this process was killed. */
const guard = '"$@" </dev/null & read -r _; kill -9 -$$';

/**
 * Installs Velero where it is not, and starts its server.
 * @param program Velero, as test/velero/build makes it
 */
export async function startVelero(
  program: string,
  cluster: VeleroCluster,
  location: VeleroLocation,
  { features = [], namespace = 'velero' }: VeleroOptions = {},
): Promise<VeleroServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-velero-'));
  const kubeconfig = join(cluster.folder, 'kubeconfig');
  const cli = (...parameters: string[]) =>
    runProgram(program, ['--kubeconfig', kubeconfig, '--namespace', namespace, ...parameters]);
  await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  await cluster.apply(await cli('install', '--crds-only', '--dry-run', '-o', 'json'));
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  for (const object of [deployment, storageLocation(location)])
    await cluster.apply(JSON.stringify({ ...object, metadata: { ...object.metadata, namespace } }));

  const plugins = join(folder, 'plugins');
  mkdirSync(plugins);
  symlinkSync(program, join(plugins, 'velero-plugin-oss'));
  const [metrics] = await freePorts(1);
  const logFile = join(folder, 'server.log');
  const output = openSync(logFile, 'a');
  const parameters = [
    ...['server', '--kubeconfig', kubeconfig, '--namespace', namespace, '--plugin-dir', plugins],
    ...['--metrics-address', `127.0.0.1:${metrics}`, '--garbage-collection-frequency', '5s'],
    ...(features.length > 0 ? ['--features', features.join()] : []),
  ];
  const child = spawn('/bin/sh', ['-c', guard, 'guard', program, ...parameters], {
    stdio: ['pipe', output, output],
    // A group of its own, for the guard to end.
    detached: true,
    env: {
      ...process.env,
      // The choice of versions makes a client of its own.
      KUBECONFIG: kubeconfig,
      OSS_ACCESS_KEY_ID: location.keys.accessKeyId,
      OSS_ACCESS_KEY_SECRET: location.keys.accessKeySecret,
    },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const log = () => readFileSync(logFile, 'utf8');
  const stop = async () => {
    child.stdin?.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await validated(cluster, namespace, location.name, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { cli, log, stop };
}

/** A restore of pods asks it for the image that Velero runs in. */
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'velero' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { component: 'velero' } },
    template: {
      metadata: { labels: { component: 'velero' } },
      spec: { containers: [{ name: 'velero', image: 'velero/velero:v1.18.3' }] },
    },
  },
};

function storageLocation({ name, endpoint, bucket, prefix, foundBefore }: VeleroLocation) {
  return {
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata: { name },
    spec: {
      provider: 'lifeboat.test/oss',
      default: true,
      objectStorage: { bucket, prefix },
      config: { region: 'cn-hangzhou', endpoint },
      backupSyncPeriod: '2s',
      validationFrequency: '2s',
    },
    ...(foundBefore && { status: { phase: 'Available' } }),
  };
}

async function validated(
  cluster: VeleroCluster,
  namespace: string,
  location: string,
  log: () => string,
): Promise<void> {
  const status = 'jsonpath={.status.phase} {.status.lastValidationTime}';
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(250)) {
    const found = await cluster.kubectl(
      ...['--namespace', namespace, 'get', 'backupstoragelocation', location, '-o', status],
    );
    if (/^Available ./.test(found)) return;
  }
  throw new Error(`Velero's location ${location} is not available: ${log().slice(-2_000)}`);
}
