import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { connect } from '../../shared/platform/kubernetes/connection';
import { sanitiseKubeconfig } from '../../shared/platform/kubernetes/kubeconfig';
import type { ExecCluster } from '../../shared/platform/kubernetes/port';
import { systemClock, systemRandom } from '../../shared/platform/system';

/** A cluster whose node runs pods. One serves all suites, so each works in namespaces of its own and deletes them. */
export interface NodeCluster {
  /** Of an administrator, as text. */
  kubeconfig: string;
  cluster: ExecCluster;
}

/**
 * A suite that needs pods that run. LIFEBOAT_NODE_KUBECONFIG names the kubeconfig of a cluster with a node; without it the suite
 * is reported as skipped, with the reason in its name.
 */
export function describeWithNode(name: string, body: (node: () => NodeCluster) => void): void {
  const path = process.env.LIFEBOAT_NODE_KUBECONFIG;
  if (!path) {
    describe.skip(`${name} [skipped: LIFEBOAT_NODE_KUBECONFIG not set]`, () => body(neverStarted));
    return;
  }
  describe(name, () => {
    let node: NodeCluster | undefined;
    beforeAll(async () => {
      const kubeconfig = readFileSync(path, 'utf8');
      const sanitised = sanitiseKubeconfig(kubeconfig, { allowLoopback: true });
      const deps = { clock: systemClock, random: systemRandom };
      node = { kubeconfig, cluster: await connect('node', sanitised, deps, { allowLoopback: true }) };
    });
    afterAll(() => node?.cluster.close());
    body(() => node ?? neverStarted());
  });
}

function neverStarted(): never {
  throw new Error('the node is connected to when the suite runs');
}
