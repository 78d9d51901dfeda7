import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandboxCluster } from '../local/cluster/server';
import { startRealCluster } from '../local/control-plane/real-cluster';

/** What one size is measured against. */
export interface BenchServers {
  /** `Kubernetes v1.37.2` or `sandbox`. */
  kind: string;
  kubeconfig: string;
  /** Endpoint of the OSS server. */
  oss: string;
  stop(): Promise<void>;
}

/** Starts an empty cluster (a real control plane where KUBEBUILDER_ASSETS names its programs) and an empty OSS server. */
export async function startBenchServers(): Promise<BenchServers> {
  const [cluster, oss] = await Promise.all([startCluster(), startOss()]);
  return {
    kind: cluster.kind,
    kubeconfig: cluster.kubeconfig,
    oss: oss.endpoint,
    stop: async () => {
      await Promise.all([cluster.stop(), oss.stop()]);
    },
  };
}

async function startCluster() {
  if (process.env.KUBEBUILDER_ASSETS) {
    const real = await startRealCluster();
    return {
      kind: `Kubernetes ${real.version}`,
      kubeconfig: real.kubeconfig,
      stop: () => real.stop(),
    };
  }
  const sandbox = await startSandboxCluster();
  return { kind: 'sandbox', kubeconfig: sandbox.kubeconfig, stop: () => sandbox.close() };
}

async function startOss() {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-bench-'));
  const child = fork(join(__dirname, 'oss-process.js'), [folder], { execArgv: [] });
  const [endpoint] = (await once(child, 'message')) as [string];
  return {
    endpoint,
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
