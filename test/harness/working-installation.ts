import { carryOutBackup } from '../../shared/app/runs/carry-out-backup';
import { carryOutRestore } from '../../shared/app/runs/carry-out-restore';
import type { Installation, OpenClusterOptions } from '../../shared/app/installation';
import { openRegisteredCluster } from '../../shared/app/clusters/open-cluster';
import { requestBackup, requestRestore } from '../../shared/app/runs/request';
import { readSettings } from '../../shared/app/settings';
import { silentLog } from '../../shared/platform/log/log';
import type { ClusterManifest } from '../../shared/formats/manifests/cluster';
import type { RunResult } from '../../shared/formats/manifests/run';
import type { BackupSpec, RestoreSpec } from '../../shared/formats/manifests/velero';
import { alibabaAck } from '../../shared/platform/alibaba/ack';
import { openState } from '../../shared/formats/state/state';
import type { Clock } from '../../shared/platform/clock';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { MemoryBucket } from './memory-bucket';
import { role } from './kms-server';
import { sealingKeys } from './sealing-keys';

/** An installation over a bucket in memory whose runs are carried out at once, against real or sandbox clusters. */
export interface WorkingInstallation {
  installation: Installation;
  bucket: MemoryBucket;
  backUp(cluster: string, name: string, spec?: BackupSpec): Promise<RunResult>;
  restore(cluster: string, name: string, spec: RestoreSpec): Promise<RunResult>;
  /** All that lies in the state, as text. */
  stateText(): string;
}

/** @param environment at least a sealing key; those of several installations over one bucket differ in nothing else */
export async function workingInstallation(
  environment: Record<string, string>,
  bucket = new MemoryBucket(systemClock),
  clock: Clock = systemClock,
): Promise<WorkingInstallation> {
  const settings = readSettings({
    LIFEBOAT_STATE: 'oss://state/lifeboat',
    LIFEBOAT_REGION: 'cn-hangzhou',
    LIFEBOAT_LOCAL: '1',
    ...environment,
  });
  const state = openState(bucket.store('state/'));
  const vault = bucket.store('vault/');
  const needs = {
    id: '1'.repeat(32),
    settings,
    state,
    sealing: sealingKeys(environment),
    ack: () =>
      alibabaAck({
        endpoint: settings.csEndpoint ?? 'http://127.0.0.1:1',
        credentials: async () => role,
        clock: systemClock,
        random: systemRandom,
      }),
    clock,
    random: systemRandom,
    log: silentLog,
  };
  const installation = {
    ...needs,
    holder: 'test',
    dispatcher: { start: async () => 'sent' as const },
    openVault: async () => vault,
    openVaultStore: () => vault,
    openCluster: (registered: string | ClusterManifest, options?: OpenClusterOptions) =>
      openRegisteredCluster(registered, needs, options),
  } as unknown as Installation;
  if (!(await state.vaults.find('main'))) {
    await state.vaults.create({
      kind: 'Vault',
      metadata: { name: 'main' },
      spec: { region: 'cn-hangzhou', bucket: 'elsewhere' },
    });
  }
  return {
    installation,
    bucket,
    async backUp(cluster, name, spec = { includedNamespaces: ['*'] }) {
      await requestBackup(installation, {
        kind: 'BackupRequest',
        metadata: { name },
        cluster,
        vault: 'main',
        spec,
      });
      return (await carryOutBackup(installation, { kind: 'backups', name }))!;
    },
    async restore(cluster, name, spec) {
      await requestRestore(installation, {
        kind: 'RestoreRequest',
        metadata: { name },
        cluster,
        vault: 'main',
        spec,
      });
      return (await carryOutRestore(installation, { kind: 'restores', name }))!;
    },
    stateText: () =>
      bucket
        .keys()
        .filter((key) => key.startsWith('state/'))
        .map((key) => bucket.objects.get(key)!.body.toString('utf8'))
        .join('\n'),
  };
}
