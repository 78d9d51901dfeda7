import { describe, it } from '@jest/globals';
import { startRealCluster } from '../../local/control-plane/real-cluster';
import { clusterContract } from './cluster';

const controlPlanes = {
  'the current kube-apiserver': 'KUBEBUILDER_ASSETS',
  'an old kube-apiserver': 'LIFEBOAT_OLD_ASSETS',
};

for (const [name, variable] of Object.entries(controlPlanes)) {
  const assets = process.env[variable];
  if (assets) {
    clusterContract(name, async () => {
      // etcd is compacted every second, so that snapshots end while the suite watches.
      const cluster = await startRealCluster({
        assets,
        extraApiServerFlags: ['--etcd-compaction-interval=1s'],
      });
      return {
        server: cluster.server,
        token: cluster.token,
        ca: cluster.caCertificate,
        stop: () => cluster.stop(),
      };
    });
  } else {
    describe.skip(`the API server contract over ${name} [skipped: ${variable} not set]`, () => {
      it('runs where the variable names the programs', () => {});
    });
  }
}
