import { afterAll, beforeAll, describe } from '@jest/globals';
import {
  type RealCluster,
  type RealClusterOptions,
  startRealCluster,
} from '../../local/control-plane/real-cluster';

/** Which control plane a suite wants: the one under test, one of an old generation, or one that serves old and new APIs. */
export type RealClusterChoice = 'current' | 'old' | 'bridge';

const variables: Record<RealClusterChoice, string> = {
  current: 'KUBEBUILDER_ASSETS',
  old: 'LIFEBOAT_OLD_ASSETS',
  bridge: 'LIFEBOAT_BRIDGE_ASSETS',
};

/** How long the start of a control plane may take on a busy machine, in milliseconds. */
const startTimeout = 180_000;

/**
 * A suite that talks to one real control plane, started once for all of it. The body gets a function that gives the
 * cluster once the suite runs. Without the variable that names the programs (KUBEBUILDER_ASSETS; LIFEBOAT_OLD_ASSETS
 * for the old generation, LIFEBOAT_BRIDGE_ASSETS for the one between) the suite is reported as skipped, with the reason in its name.
 */
export function describeWithRealCluster(
  name: string,
  body: (cluster: () => RealCluster) => void,
  options: Omit<RealClusterOptions, 'assets'> & { choice?: RealClusterChoice } = {},
): void {
  const choice = options.choice ?? 'current';
  describeWithRealClusters(name, [choice], (clusters) => body(() => clusters()[0]!), options);
}

/** The same with several control planes side by side, in the order asked for. */
export function describeWithRealClusters(
  name: string,
  choices: RealClusterChoice[],
  body: (clusters: () => RealCluster[]) => void,
  options: Omit<RealClusterOptions, 'assets'> = {},
): void {
  const missing = choices.map((choice) => variables[choice]).filter((variable) => !process.env[variable]);
  const skipped = missing.length > 0;
  const title = skipped ? `${name} [skipped: ${missing.join(' and ')} not set]` : name;
  (skipped ? describe.skip : describe)(title, () => {
    const running: RealCluster[] = [];
    beforeAll(async () => {
      for (const choice of choices) {
        const assets = process.env[variables[choice]];
        running.push(await startRealCluster({ ...options, assets }));
      }
    }, startTimeout);
    afterAll(async () => {
      for (const cluster of running) await cluster.stop();
    }, startTimeout);
    body(() => {
      if (running.length < choices.length) throw new Error('the clusters start when the suite runs');
      return running;
    });
  });
}
