import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxCluster, startSandboxCluster } from '../../local/cluster/server';
import { type RealCluster, startRealCluster } from '../../local/control-plane/real-cluster';
import { localBuckets, localRegion, type OneMachine, startOneMachine } from '../../local/one-machine';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { addReplication } from '../../shared/app/replications/add-replication';
import { addSchedule } from '../../shared/app/schedules/add-schedule';
import { systemClock } from '../../shared/platform/system';
import { type Gateway, startGateway } from '../../test/harness/gateway';

/** Names of what is there. */
export const endured = {
  vault: 'main',
  copies: 'second',
  rule: 'standby',
  /** Copied and replicated. */
  copied: 'shop',
  /** Every two and every three minutes. */
  schedules: ['shop', 'office'],
  longestInterval: 180_000,
} as const;

/** Lifeboat on one machine with a real cluster behind a gateway, a standby, two vaults, two schedules and a rule. */
export interface EnduredSystem {
  machine: OneMachine;
  cluster: RealCluster;
  gateway: Gateway;
  oss: {
    /** Milliseconds that its clock is ahead of those of the functions. */
    ahead: number;
  };
  close(): Promise<void>;
}

const objectsPerNamespace = 60;

/** @param dist folder of the built programs */
export async function startEnduredSystem(
  dist: string,
  log: (name: string, line: string) => void,
): Promise<EnduredSystem> {
  const cluster = await startRealCluster();
  const gateway = await startGateway(cluster);
  const standby = await startSandboxCluster({ name: 'standby' });
  const oss = { ahead: 0 };
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-endure-'));
  const machine = await startOneMachine({
    directory,
    dist,
    ossClock: { ...systemClock, now: () => new Date(Date.now() + oss.ahead) },
    log,
  });
  const system: EnduredSystem = {
    machine,
    cluster,
    gateway,
    oss,
    async close() {
      await machine.close();
      gateway.close();
      await Promise.all([cluster.stop(), standby.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
  await fill(cluster);
  await register(system, standby);
  return system;
}

async function fill(cluster: RealCluster): Promise<void> {
  for (const namespace of endured.schedules) {
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      ...[...Array(objectsPerNamespace).keys()].map((n) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `c${n}`, namespace },
        data: { value: 'x'.repeat(1_000) },
      })),
    ];
    await cluster.create(objects.map((object) => JSON.stringify(object)).join('\n'));
  }
}

async function register({ machine, gateway }: EnduredSystem, standby: SandboxCluster): Promise<void> {
  const { installation } = machine;
  for (const name of [endured.vault, endured.copies]) {
    await installation.state.vaults.create({
      kind: 'Vault',
      metadata: { name },
      spec: { region: localRegion, bucket: localBuckets.vault, subdirectory: name },
    });
  }
  await addCluster(installation, { name: 'home', kubeconfig: gateway.kubeconfig });
  await addCluster(installation, { name: 'standby', kubeconfig: standby.kubeconfig });
  await addReplication(installation, {
    kind: 'Replication',
    metadata: { name: endured.rule },
    spec: {
      source: { vault: endured.vault, cluster: 'home', schedule: endured.copied },
      targets: ['standby'],
      policy: 'mirror',
    },
  });
  for (const [n, name] of endured.schedules.entries()) {
    await addSchedule(installation, {
      name,
      spec: {
        // Each slot is there for many ticks, of which some are killed.
        schedule: `${n + 2}m`,
        clusters: ['home'],
        vault: endured.vault,
        ...(name === endured.copied && { copies: [endured.copies] }),
        concurrency: 'allow',
        retention: { keepLast: 3 },
        template: { includedNamespaces: [name], ttl: '4m' },
      },
    });
  }
}
