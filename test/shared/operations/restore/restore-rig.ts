import { readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { connect } from '../../../../shared/platform/kubernetes/connection';
import { sanitiseKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import type { Cluster } from '../../../../shared/platform/kubernetes/port';
import type { RestoreRequest } from '../../../../shared/formats/manifests/run';
import type { BackupSpec, RestoreSpec, Results } from '../../../../shared/formats/manifests/velero';
import type { RestoreJob } from '../../../../shared/operations/restore/stages/job';
import type { ObjectOutcome } from '../../../../shared/operations/restore/report/outcome';
import type { Lease } from '../../../../shared/formats/state/leases/lease-types';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { MemoryBucket } from '../../../harness/memory-bucket';

/** Vaults written by real Velero servers, and what was applied to their clusters. */
export const fixtures = resolve(__dirname, '../../../fixtures/velero');

/** A parsed object as a test writes it down. */
export interface TestObject {
  apiVersion: string;
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into objects of every kind
  [field: string]: any;
}

/** An archived object: its resource in Velero's words, and the object or its exact JSON. */
export interface TestItem {
  groupResource: string;
  object: TestObject | string;
}

/** A vault in memory and what it takes to restore from it. */
export class RestoreRig {
  readonly bucket = new MemoryBucket(systemClock);
  readonly vault: ObjectStore = this.bucket.store('vault/');
  readonly run: ObjectStore = this.bucket.store('state/');

  /** Copies a vault of the fixtures in. */
  async addFixture(generation: string): Promise<void> {
    const root = join(fixtures, generation, 'vault');
    for (const file of filesBelow(root)) await this.vault.put(file, readFileSync(join(root, file)));
  }

  /** Writes a backup as Velero lays it out; the archive is tar-stream's, not ours. */
  async addBackup(
    name: string,
    items: readonly TestItem[],
    volumeInfo?: unknown[],
    spec: BackupSpec = {},
  ): Promise<void> {
    await this.addArchive(name, gzipSync(await archiveOf(items)), volumeInfo, spec);
  }

  async addArchive(
    name: string,
    archive: Buffer,
    volumeInfo?: unknown[],
    spec: BackupSpec = {},
  ): Promise<void> {
    const backup = {
      apiVersion: 'velero.io/v1',
      kind: 'Backup',
      metadata: { name, namespace: 'velero' },
      spec,
      status: { version: 1, formatVersion: '1.1.0', phase: 'Completed' },
    };
    await this.vault.put(`backups/${name}/${name}.tar.gz`, archive);
    if (volumeInfo) {
      const info = gzipSync(JSON.stringify(volumeInfo));
      await this.vault.put(`backups/${name}/${name}-volumeinfo.json.gz`, info);
    }
    await this.vault.put(`backups/${name}/velero-backup.json`, Buffer.from(JSON.stringify(backup)));
  }

  job(
    cluster: Cluster,
    name: string,
    spec: RestoreSpec,
    more: Partial<Omit<RestoreRequest, 'vault'>> & { lease?: Lease; vault?: ObjectStore } = {},
  ): RestoreJob {
    const { lease = heldLease(), vault = this.vault, ...request } = more;
    return {
      request: {
        kind: 'RestoreRequest',
        metadata: { name },
        cluster: cluster.name,
        vault: 'main',
        spec,
        ...request,
      },
      cluster,
      vault,
      origin: { verdict: 'unprovable', reason: 'the test wrote it' },
      run: this.run,
      runLabel: `restores-${name}`,
      lease,
      clock: systemClock,
      random: systemRandom,
      progress: () => {},
      temporaryDirectory: tmpdir(),
    };
  }

  async results(restore: string): Promise<Results> {
    return JSON.parse(await this.#text(`restores/${restore}/restore-${restore}-results.gz`));
  }

  async resourceList(restore: string): Promise<Record<string, string[]>> {
    return JSON.parse(await this.#text(`restores/${restore}/restore-${restore}-resource-list.json.gz`));
  }

  async log(restore: string): Promise<string> {
    return this.#text(`restores/${restore}/restore-${restore}-logs.gz`);
  }

  /** Our own report, one entry an object; in the rig's vault or another. */
  async outcomes(restore: string, vault = this.vault): Promise<ObjectOutcome[]> {
    const lines = await this.#text(`restores/${restore}/${restore}-lifeboat.json.gz`, vault);
    return lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  async #text(key: string, vault = this.vault): Promise<string> {
    return gunzipSync((await vault.get(key)).body).toString('utf8');
  }
}

/** A lease that nobody takes away; `lose` does. */
/** @param attempt greater than 1 for one that follows a killed one */
export function heldLease(attempt = 1): Lease & { lose(reason: unknown): void } {
  const controller = new AbortController();
  return {
    attempt,
    signal: controller.signal,
    renew: async () => controller.signal.throwIfAborted(),
    ensure: async () => controller.signal.throwIfAborted(),
    release: () => {},
    lose: (reason) => controller.abort(reason),
  };
}

export function connectTo(kubeconfig: string, name = 'target'): Promise<Cluster> {
  const rules = { allowLoopback: true };
  return connect(
    name,
    sanitiseKubeconfig(kubeconfig, rules),
    { clock: systemClock, random: systemRandom },
    rules,
  );
}

/** The tar of a backup: `metadata/version`, then each object at its classic path. */
export async function archiveOf(items: readonly TestItem[]): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'metadata/version', mode: 0o755 }, '1.1.0\n');
  for (const { groupResource, object } of items) {
    const body = typeof object === 'string' ? object : JSON.stringify(object);
    const { metadata } = JSON.parse(body);
    const place = metadata.namespace ? `namespaces/${metadata.namespace}` : 'cluster';
    tar.entry({ name: `resources/${groupResource}/${place}/${metadata.name}.json`, mode: 0o755 }, body);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix)).flatMap((entry) => {
    const path = `${prefix}${entry}`;
    return statSync(join(folder, path)).isDirectory() ? filesBelow(folder, `${path}/`) : [path];
  });
}
