import { startSandboxCluster } from '../../local/cluster/server';
import { clusterContract } from './cluster';

clusterContract('the sandbox cluster', async () => {
  const sandbox = await startSandboxCluster({ name: 'contract' });
  return {
    server: sandbox.server,
    token: sandbox.token,
    ca: sandbox.ca,
    compact: async () => sandbox.faults.compact(),
    stop: () => sandbox.close(),
  };
});
