import type { ClusterManifest } from '../../../../shared/formats/manifests/cluster';
import { type SandboxCluster, startSandboxCluster } from '../../../../local/cluster/server';
import { connect } from '../../../../shared/platform/kubernetes/connection';
import { sanitiseKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import type { KubeObject } from '../../../../shared/platform/kubernetes/kube-object';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import { carryOutBackup } from '../../../../shared/app/runs/carry-out-backup';
import { carryOutCopy } from '../../../../shared/app/runs/carry-out-copy';
import { carryOutPlan } from '../../../../shared/app/runs/carry-out-plan';
import { carryOutRestore } from '../../../../shared/app/runs/carry-out-restore';
import type { Installation } from '../../../../shared/app/installation';
import { replicateVaults } from '../../../../shared/app/replications/replicate-vaults';
import { requestBackup } from '../../../../shared/app/runs/request';
import { silentLog } from '../../../../shared/platform/log/log';
import type { ReplicationInput } from '../../../../shared/formats/manifests/replication';
import type { BackupSpec } from '../../../../shared/formats/manifests/velero';
import type { RunId } from '../../../../shared/formats/state/run-keys';
import { findRun, type Run } from '../../../../shared/formats/state/run/runs';
import type { Vault } from '../../../../shared/formats/manifests/vault';
import { openState } from '../../../../shared/formats/state/state';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { MemoryBucket } from '../../../harness/memory-bucket';

/** A cluster of the sandbox that a test reaches into. */
export interface TestCluster {
  name: string;
  uid: string;
  sandbox: SandboxCluster;
  api: Cluster;
  /** Undefined when it is not there. */
  get(path: string): Promise<KubeObject | undefined>;
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<void>;
}

export async function startTestCluster(name: string): Promise<TestCluster> {
  const sandbox = await startSandboxCluster({ name });
  const api = await openCluster(name, sandbox);
  const get = async (path: string) => {
    const { status, body } = await api.request({ method: 'GET', path });
    return status === 200 ? (JSON.parse(body.toString()) as KubeObject) : undefined;
  };
  return {
    name,
    uid: (await get('/api/v1/namespaces/kube-system'))!.metadata.uid!,
    sandbox,
    api,
    get,
    async send(method, path, body) {
      const { status, body: answer } = await api.request({
        method,
        path,
        body: body && JSON.stringify(body),
        contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      });
      if (status >= 300) throw new Error(`${method} ${path}: ${status} ${answer.toString().slice(0, 300)}`);
    },
  };
}

function openCluster(name: string, { kubeconfig }: SandboxCluster): Promise<Cluster> {
  const sanitised = sanitiseKubeconfig(kubeconfig, { allowLoopback: true });
  const needs = { clock: systemClock, random: systemRandom, log: silentLog };
  return connect(name, sanitised, needs, { allowLoopback: true });
}

/** An installation whose workers run when `work` is called. */
export interface TestInstallation {
  installation: Installation;
  /** Carries out what was asked for, and what that asks for, until nothing is left. */
  work(): Promise<void>;
  /** Backs a cluster up into `main`, as the schedule `daily` or on demand, and lets the rules do their part. */
  backUp(cluster: string, name: string, spec?: BackupSpec, schedule?: boolean): Promise<Run>;
  addRule(name: string, spec: ReplicationInput['spec']): Promise<void>;
  /** What the hourly pass and an event set off, and its restores. */
  catchUp(): Promise<void>;
  /** The restore of a backup by a rule. */
  restoreOf(rule: string, backup: string): Promise<Run | undefined>;
}

/** @param bucket holds the vault `main` of all installations, and the state of each under its name */
export async function testInstallation(
  id: string,
  bucket: MemoryBucket,
  clusters: readonly TestCluster[],
  settings: { signingKey?: string } = {},
): Promise<TestInstallation> {
  const state = openState(bucket.store(`${id}/`));
  // `main` is shared at `vault/`; any other vault lies under its own name.
  const vaultAt = (name: string) => bucket.store(name === 'main' ? 'vault/' : `${name}/`);
  await state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'elsewhere' },
  });
  const sealed = { version: 1, algorithm: 'AES-256-GCM', keyId: '0', nonce: '0', ciphertext: '0', tag: '0' };
  for (const { name, uid } of clusters) {
    await state.clusters.create({
      kind: 'Cluster',
      metadata: { name },
      spec: { server: 'https://10.0.0.1:6443', sealedKubeconfig: sealed, uid },
    });
  }
  const waiting: RunId[] = [];
  const installation = {
    id,
    settings,
    state,
    dispatcher: {
      async start(run: RunId) {
        waiting.push(run);
        return 'sent';
      },
    },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    holder: 'test',
    openVault: async (name: string) => vaultAt(name),
    openVaultStore: ({ metadata }: Vault) => vaultAt(metadata.name),
    openCluster: (registered: string | ClusterManifest) => {
      const name = typeof registered === 'string' ? registered : registered.metadata.name;
      return openCluster(name, clusters.find((one) => one.name === name)!.sandbox);
    },
  } as unknown as Installation;

  const work = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) {
      if (run.kind === 'backups') await carryOutBackup(installation, run);
      else if (run.kind === 'copies') await carryOutCopy(installation, run);
      else if (run.kind === 'plans') await carryOutPlan(installation, run);
      else await carryOutRestore(installation, run);
    }
  };
  const catchUp = async () => {
    await replicateVaults(installation);
    await work();
  };
  return {
    installation,
    work,
    catchUp,
    async backUp(cluster, name, spec = { includedNamespaces: ['shop'] }, schedule = true) {
      await requestBackup(installation, {
        kind: 'BackupRequest',
        metadata: { name },
        cluster,
        vault: 'main',
        spec,
        ...(schedule && { schedule: { name: 'daily', slot: '2026-11-22T10:00:00Z' } }),
      });
      await work();
      await catchUp();
      return (await findRun(state.store, { kind: 'backups', name }))!;
    },
    async addRule(name, spec) {
      await state.replications.create({ kind: 'Replication', metadata: { name }, spec });
    },
    async restoreOf(rule, backup) {
      for await (const page of state.store.list(`runs/restores/${rule}-`, { delimiter: '/' })) {
        for (const prefix of page.prefixes) {
          const run = await findRun(state.store, { kind: 'restores', name: prefix.split('/')[2]! });
          if (run?.request.kind === 'RestoreRequest' && run.request.spec.backupName === backup) return run;
        }
      }
      return undefined;
    },
  };
}

export function sharedBucket(): MemoryBucket {
  return new MemoryBucket(systemClock);
}
