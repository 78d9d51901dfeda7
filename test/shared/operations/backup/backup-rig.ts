import { isCommitted } from '../../../../shared/formats/vault/commit/replay-commit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { type OssServer, startOssServer } from '../../../../local/oss/server';
import { backUp } from '../../../../shared/operations/backup/back-up';
import type { BackupJob } from '../../../../shared/operations/backup/job';
import type { Clock } from '../../../../shared/platform/clock';
import { connect } from '../../../../shared/platform/kubernetes/connection';
import { sanitiseKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import type { BackupRequest, RunResult } from '../../../../shared/formats/manifests/run';
import type {
  Backup,
  BackupSpec,
  BackupVolumeInfo,
  Results,
} from '../../../../shared/formats/manifests/velero';
import type { Lease } from '../../../../shared/formats/state/leases/lease-types';
import { openOssStore } from '../../../../shared/platform/oss/oss-store';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import type { Catalogue } from '../../../../shared/formats/vault/side-files/catalogue';
import { CheckedBackups } from '../../../harness/checked-backups';
import { ended } from '../../../harness/ended';

const keys = { accessKeyId: 'LTAItest', accessKeySecret: 'test-secret' };

/** A vault and a state in the embedded OSS server, and what it takes to run backups into them. */
export class BackupRig {
  readonly #checked: CheckedBackups;

  private constructor(
    readonly oss: OssServer,
    private readonly folder: string,
    private readonly clock: Clock,
  ) {
    this.#checked = new CheckedBackups(oss, ['vault-bucket'], (bucket, prefix) => this.store(bucket, prefix));
  }

  /** @param clock by which the backups are dated */
  static async start(clock = systemClock): Promise<BackupRig> {
    const folder = mkdtempSync(path.join(tmpdir(), 'backup-rig-'));
    const oss = await startOssServer({
      directory: folder,
      credentials: [keys],
      buckets: [{ name: 'vault-bucket' }, { name: 'state-bucket' }],
    });
    return new BackupRig(oss, folder, clock);
  }

  async stop(): Promise<void> {
    try {
      await this.#checked.check();
    } finally {
      await this.oss.close();
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  store(bucket: string, prefix = ''): ObjectStore {
    return openOssStore(
      { region: 'cn-hangzhou', bucket, prefix, networkType: 'public', endpoint: this.oss.endpoint },
      { credentials: async () => keys, allowInsecureLoopback: true },
      { clock: systemClock, random: systemRandom },
    );
  }

  /** What the OSS server accepts. */
  get keys(): typeof keys {
    return keys;
  }

  get vault(): ObjectStore {
    return this.store('vault-bucket', 'prod');
  }

  /** @param more of the request: a schedule, labels */
  job(cluster: Cluster, name: string, spec: BackupSpec, more: Partial<BackupRequest> = {}): BackupJob {
    return {
      request: {
        kind: 'BackupRequest',
        metadata: { name },
        cluster: cluster.name,
        vault: 'main',
        spec,
        ...more,
      },
      installation: 'test-installation',
      cluster,
      vault: this.vault,
      run: this.store('state-bucket', `state/runs/backups/${name}`),
      lease: heldLease(),
      committed: false,
      isDeleted: async () => false,
      clock: this.clock,
      random: systemRandom,
      progress: () => {},
    };
  }

  /** Runs a backup, holds it against the rules that Velero reads by, and reads back what it left in the vault. */
  async backUp(
    cluster: Cluster,
    name: string,
    spec: BackupSpec,
    more?: Partial<BackupRequest>,
  ): Promise<FinishedBackup> {
    const job = this.job(cluster, name, spec, more);
    const result = ended(await backUp({ ...job, committed: await isCommitted(job.run) }));
    await this.#checked.check();
    return { result, ...(await this.read(name)) };
  }

  async read(name: string): Promise<Omit<FinishedBackup, 'result'>> {
    const { vault } = this;
    const bytes = async (suffix: string) => (await vault.get(`backups/${name}/${suffix}`)).body;
    const json = async (suffix: string) =>
      JSON.parse(gunzipSync(await bytes(`${name}${suffix}`)).toString('utf8'));
    const archive = await bytes(`${name}.tar.gz`);
    return {
      backup: JSON.parse((await bytes('velero-backup.json')).toString('utf8')),
      archive,
      objects: await objectsIn(archive),
      results: await json('-results.gz'),
      volumeInfo: await json('-volumeinfo.json.gz'),
      resourceList: await json('-resource-list.json.gz'),
      catalogue: await json('-lifeboat.json.gz'),
      log: gunzipSync(await bytes(`${name}-logs.gz`)).toString('utf8'),
    };
  }
}

export interface FinishedBackup {
  result: RunResult;
  backup: Backup;
  archive: Buffer;
  /** `pods shop/web` → JSON text, from the classic paths. */
  objects: Map<string, string>;
  results: Results;
  volumeInfo: BackupVolumeInfo[];
  resourceList: Record<string, string[]>;
  catalogue: Catalogue;
  log: string;
}

export async function connected(name: string, kubeconfig: string): Promise<Cluster> {
  const options = { allowLoopback: true };
  return connect(
    name,
    sanitiseKubeconfig(kubeconfig, options),
    { clock: systemClock, random: systemRandom },
    options,
  );
}

/** A lease that nobody takes away. */
export function heldLease(signal = new AbortController().signal): Lease {
  return { attempt: 1, signal, renew: async () => {}, ensure: async () => {}, release() {} };
}

/** The objects of an archive by `resource namespace/name`, read by tar-stream from the classic paths. */
export async function objectsIn(archive: Buffer): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  const unpack = extract();
  Readable.from([gunzipSync(archive)]).pipe(unpack);
  for await (const entry of unpack) {
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part as Buffer);
    const [, resource, scope, ...rest] = entry.header.name.split('/');
    if (scope === 'cluster')
      objects.set(`${resource} ${rest[0]!.replace(/\.json$/, '')}`, Buffer.concat(parts).toString('utf8'));
    if (scope === 'namespaces') {
      objects.set(
        `${resource} ${rest[0]}/${rest[1]!.replace(/\.json$/, '')}`,
        Buffer.concat(parts).toString('utf8'),
      );
    }
  }
  return objects;
}

/** `pods` → 4, from the keys of `objectsIn`. */
export function countByResource(objects: ReadonlyMap<string, string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of objects.keys()) {
    const resource = key.slice(0, key.indexOf(' '));
    counts[resource] = (counts[resource] ?? 0) + 1;
  }
  return counts;
}
