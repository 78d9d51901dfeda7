import { startSandboxCluster } from '../local/cluster/server';
import { startRealCluster } from '../local/control-plane/real-cluster';
import { startOss } from './start-oss';

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
