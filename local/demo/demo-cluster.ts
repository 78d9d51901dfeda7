import { startSandboxCluster } from '../cluster/server';
import { startRealCluster } from '../control-plane/real-cluster';
import { type BareApi, bareAnswer, bareApi } from '../proof/bare-api';
import { sandboxStorage } from './sandbox-storage';

/** A cluster of the demo: a sandbox, or a real control plane where KUBEBUILDER_ASSETS names its programs. */
export interface DemoCluster {
  name: string;
  /** Of what it is, for the table: `sandbox`, `Kubernetes v1.37.2`. */
  kind: string;
  kubeconfig: string;
  /** For the proof, past all of Lifeboat. */
  api: BareApi;
  /** Applies manifests and waits until the controllers have done their part. */
  apply(manifests: string): Promise<void>;
  close(): Promise<void>;
}

/** A cluster for the demo: a real control plane where KUBEBUILDER_ASSETS names its programs, else a sandbox. */
export async function startDemoCluster(name: string): Promise<DemoCluster> {
  return process.env.KUBEBUILDER_ASSETS ? realCluster(name) : sandboxCluster(name);
}

async function sandboxCluster(name: string): Promise<DemoCluster> {
  const sandbox = await startSandboxCluster({ name });
  await sandbox.load(sandboxStorage);
  return {
    name,
    kind: 'sandbox',
    kubeconfig: sandbox.kubeconfig,
    api: bareApi(sandbox.kubeconfig),
    async apply(manifests) {
      await sandbox.load(manifests);
      await sandbox.settled();
    },
    close: () => sandbox.close(),
  };
}

async function realCluster(name: string): Promise<DemoCluster> {
  const cluster = await startRealCluster();
  const api = bareApi(cluster.kubeconfig);
  return {
    name,
    kind: `Kubernetes ${cluster.version}`,
    kubeconfig: cluster.kubeconfig,
    api,
    async apply(manifests) {
      // A custom resource is refused until its definition is served, so what failed is applied again.
      await until(() =>
        cluster.apply(manifests).then(
          () => true,
          () => false,
        ),
      );
      await until(async () => {
        const { body } = await bareAnswer(api, 'GET', '/api/v1/namespaces/shop/pods');
        return (JSON.parse(body.toString()) as { items: unknown[] }).items.length >= 3;
      });
    },
    close: () => cluster.stop(),
  };
}

/** Asks five times a second, for a minute. */
export async function until(done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('what was waited for did not come within a minute');
}
