import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isKind } from '../shared/platform/errors';
import { addCluster } from '../shared/app/clusters/add-cluster';
import type { Installation } from '../shared/app/installation';
import { startSandboxCluster } from './cluster/server';
import { sandboxStorage } from './demo/sandbox-storage';
import { shopManifests } from './demo/shop';
import { freeBackupName } from './free-backup-name';
import { lastingKeys, writePrivately } from './lasting-keys';
import { localBuckets, localRegion, type OneMachine, startOneMachine } from './one-machine';

export interface PlaygroundOptions {
  directory: string;
  /** Folder of the built programs. */
  dist: string;
  /** Text of a kubeconfig: work on that cluster instead of on sandboxes. */
  kubeconfig?: string;
  context?: string;
  say(text: string): void;
  log(functionName: string, text: string): void;
}

/** A system for a person to play with. */
export interface Playground {
  machine: OneMachine;
  clusters: { name: string; kubeconfigFile: string }[];
  vault: string;
  /** Commands to try, with the name of a backup that is free. */
  suggestions: string[];
  close(): Promise<void>;
}

interface PlaygroundCluster {
  name: string;
  kubeconfig: string;
  context?: string;
  close(): Promise<void>;
}

const vault = 'main';

/** Starts the one-machine system with its vault and its clusters; keys and backups stay over restarts. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { directory, dist, say, log } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  say('Starting OSS and the functions …');
  const machine = await startOneMachine({ directory, dist, keys: await lastingKeys(directory), log });
  await ensureVault(machine.installation);
  const running =
    options.kubeconfig === undefined
      ? await sandboxes(directory, say)
      : [realCluster(options.kubeconfig, options.context)];
  const clusters: Playground['clusters'] = [];
  for (const cluster of running) {
    // A sandbox has a new address at each start.
    await machine.installation.state.clusters.remove(cluster.name);
    await addCluster(machine.installation, cluster);
    const kubeconfigFile = join(directory, `${cluster.name}.kubeconfig`);
    await writePrivately(kubeconfigFile, cluster.kubeconfig);
    clusters.push({ name: cluster.name, kubeconfigFile });
  }
  return {
    machine,
    clusters,
    vault,
    suggestions:
      options.kubeconfig === undefined
        ? sandboxSuggestions(await freeBackupName(machine.installation, vault, 'shop'))
        : ownClusterSuggestions(await freeBackupName(machine.installation, vault, 'mine')),
    async close() {
      await machine.close();
      for (const cluster of running) await cluster.close();
    },
  };
}

function sandboxSuggestions(backup: string): string[] {
  return [
    `npx lifeboat backup create ${backup} --cluster a --include-namespaces shop,shop-jobs --wait`,
    `npx lifeboat backup describe ${backup}`,
    `npx lifeboat restore plan --from-backup ${backup} --cluster b --allow-empty-volumes`,
    'kubectl --kubeconfig .lifeboat/a.kubeconfig delete namespace shop',
    `npx lifeboat restore create --from-backup ${backup} --cluster a --allow-empty-volumes --wait`,
  ];
}

function ownClusterSuggestions(backup: string): string[] {
  return [
    `npx lifeboat backup create ${backup} --include-namespaces NAMESPACE --wait`,
    `npx lifeboat backup describe ${backup}`,
  ];
}

async function sandboxes(directory: string, say: (text: string) => void): Promise<PlaygroundCluster[]> {
  say('Starting two sandbox clusters …');
  const start = (name: string) => startSandboxCluster({ name, directory: join(directory, 'clusters', name) });
  const fresh = !existsSync(join(directory, 'clusters', 'a'));
  const [a, b] = await Promise.all([start('a'), start('b')]);
  await Promise.all([a, b].map((cluster) => cluster.load(sandboxStorage)));
  if (fresh) {
    say('Putting a shop into cluster a; b stays empty …');
    await a.load(shopManifests);
    await a.settled();
  }
  return [
    { name: 'a', kubeconfig: a.kubeconfig, close: () => a.close() },
    { name: 'b', kubeconfig: b.kubeconfig, close: () => b.close() },
  ];
}

function realCluster(kubeconfig: string, context: string | undefined): PlaygroundCluster {
  return { name: 'mine', kubeconfig, context, close: async () => {} };
}

async function ensureVault({ state }: Installation): Promise<void> {
  const spec = { region: localRegion, bucket: localBuckets.vault };
  await state.vaults.create({ kind: 'Vault', metadata: { name: vault }, spec }).catch((error: unknown) => {
    if (!isKind(error, 'conflict')) throw error;
  });
}
