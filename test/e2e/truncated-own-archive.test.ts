import { constants, createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startSandboxCluster } from '../../local/cluster/server';
import { type BareApi, bareApi } from '../../local/proof/bare-api';
import { takeSnapshot } from '../../local/proof/snapshot';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { OriginVerdict } from '../../shared/formats/manifests/origin-verdict';
import type { RunResult } from '../../shared/formats/manifests/run';
import { restore } from '../../shared/operations/restore/restore';
import { Crc64 } from '../../shared/platform/oss/crc64';
import type { ObjectStore } from '../../shared/platform/oss/port';
import type { Catalogue } from '../../shared/formats/vault/side-files/catalogue';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { BackupRig } from '../shared/operations/backup/backup-rig';
import {
  badConfigMaps,
  configMapItem,
  putEarlierArchive,
} from '../shared/formats/vault/archive/earlier-archive';
import { connectTo, RestoreRig } from '../shared/operations/restore/restore-rig';

jest.setTimeout(300_000);

const manifests = `
apiVersion: v1
kind: Namespace
metadata: {name: cut}
---
${['one', 'two', 'three', 'four']
  .map(
    (name) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: cut}\ndata: {text: "${name.repeat(99)}"}\n`,
  )
  .join('---\n')}
---
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: cut}
data: {password: cGFzc3dvcmQ=}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: cut}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

const archiveKey = 'backups/whole/whole.tar.gz';
const catalogueKey = 'backups/whole/whole-lifeboat.json.gz';

/** A backup of ours in a bucket of the OSS server, cut in many ways, and the cluster that it is restored into. */
class Cuts {
  readonly #rig = new RestoreRig();
  #count = 0;

  private constructor(
    readonly backups: BackupRig,
    readonly cluster: Cluster,
    readonly api: BareApi,
    readonly archive: Buffer,
    readonly catalogue: Catalogue,
  ) {}

  static async start(kubeconfig: string): Promise<Cuts> {
    const backups = await BackupRig.start();
    const cluster = await connectTo(kubeconfig, 'home');
    const { result } = await backups.backUp(cluster, 'whole', { includedNamespaces: ['cut'] });
    expect(result).toMatchObject({ phase: 'Completed' });
    const archive = (await backups.vault.get(archiveKey)).body;
    const catalogue = JSON.parse(gunzipSync((await backups.vault.get(catalogueKey)).body).toString());
    return new Cuts(backups, cluster, bareApi(kubeconfig), archive, catalogue);
  }

  /** Puts these bytes in the archive's place, with a catalogue that `describes` them or the one that was written. */
  async replace(archive: Buffer, describes?: (catalogue: Catalogue) => void): Promise<void> {
    const { vault } = this.backups;
    await vault.put(archiveKey, archive);
    const catalogue = structuredClone(this.catalogue);
    describes?.(catalogue);
    await vault.put(catalogueKey, gzipSync(JSON.stringify(catalogue)));
  }

  async withoutCatalogue(archive: Buffer): Promise<void> {
    await this.backups.vault.put(archiveKey, archive);
    await this.backups.vault.delete([catalogueKey]);
  }

  restore(): Promise<RunResult> {
    const vault: ObjectStore = this.backups.vault;
    const name = `cut-${++this.#count}`;
    return restore(this.#rig.job(this.cluster, name, { backupName: 'whole' }, { vault }));
  }

  /** Restores what lies there: one error that names the archive, and the cluster as it was. */
  async expectRefused(what: string): Promise<void> {
    const before = await this.versions();
    const { phase, reason, errors, counts } = await this.restore();
    expect({ what, phase, reason, errors, counts }).toEqual({
      what,
      phase: 'Failed',
      reason: expect.stringMatching(/^[^\n]*whole\.tar\.gz[^\n]*$/),
      errors: 1,
      counts: {},
    });
    expect({ what, versions: await this.versions() }).toEqual({ what, versions: before });
  }

  async versions(): Promise<string[]> {
    const snapshot = await takeSnapshot(this.api);
    return [...snapshot]
      .filter(([key]) => !/^leases\./.test(key))
      .map(([key, { metadata }]) => `${key} ${metadata.uid} ${metadata.resourceVersion}`)
      .sort();
  }

  async stop(): Promise<void> {
    this.api.agent.destroy();
    this.cluster.close();
    await this.backups.stop();
  }
}

/** Where each tar entry of an archive ends, in its unpacked bytes. */
function entryEnds(tar: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const content = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    at += 512 + Math.ceil(content / 512) * 512;
    ends.push(at);
  }
  return ends;
}

/** A packed stream that stops after these bytes, as an upload does that was broken off. */
async function brokenOff(tar: Buffer): Promise<Buffer> {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  gzip.write(tar);
  await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
  gzip.destroy();
  return Buffer.concat(chunks);
}

/** What the catalogue says of an archive, forged to fit other bytes. */
function proofOf(bytes: Buffer): Catalogue['objects'][string] {
  const crc64 = new Crc64();
  crc64.update(bytes);
  return {
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    crc64: crc64.digest(),
  };
}

describe('an archive of ours that is cut', () => {
  let sandbox: Awaited<ReturnType<typeof startSandboxCluster>>;
  let cuts: Cuts;
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    await sandbox.load(manifests);
    await sandbox.settled();
    cuts = await Cuts.start(sandbox.kubeconfig);
    // Lost, so that a restore would have everything to write.
    await cuts.cluster.request({ method: 'DELETE', path: '/api/v1/namespaces/cut' });
    await sandbox.settled();
  });
  afterAll(async () => {
    await cuts?.stop();
    await sandbox?.close();
  });

  it('at the end of any gzip member is refused, and nothing is written', async () => {
    const { members } = cuts.catalogue;
    expect(members.length).toBeGreaterThan(4);
    for (const { offset } of members) {
      await cuts.replace(cuts.archive.subarray(0, offset));
      await cuts.expectRefused(`cut at member at ${offset}`);
    }
  });

  it('at the end of any gzip member is refused also by a catalogue that was shortened with it', async () => {
    const { members } = cuts.catalogue;
    for (let kept = 1; kept < members.length; kept++) {
      const bytes = cuts.archive.subarray(0, members[kept]!.offset);
      await cuts.replace(bytes, (catalogue) => {
        catalogue.members = members.slice(0, kept);
        catalogue.objects[archiveKey] = proofOf(bytes);
      });
      await cuts.expectRefused(`forged to ${kept} members`);
    }
  });

  it('at the end of any entry is refused, with its catalogue and without, as a stream and as a file', async () => {
    const tar = gunzipSync(cuts.archive);
    const ends = entryEnds(tar);
    // Two copies of each object, and metadata/version.
    expect(ends.length).toBe(2 * Object.values(cuts.catalogue.counts).reduce((a, b) => a + b, 0) + 1);
    for (const end of ends) {
      const broken = await brokenOff(tar.subarray(0, end));
      await cuts.replace(broken);
      await cuts.expectRefused(`stream of ours cut at ${end}`);
      await cuts.withoutCatalogue(broken);
      await cuts.expectRefused(`stream cut at ${end}`);
      await cuts.withoutCatalogue(gzipSync(tar.subarray(0, end)));
      await cuts.expectRefused(`tar cut at ${end}`);
    }
  });

  it('is restored once it is whole again', async () => {
    await cuts.replace(cuts.archive);
    expect(await cuts.restore()).toMatchObject({ phase: 'Completed', errors: 0 });
    expect((await takeSnapshot(cuts.api)).has('configmaps cut/four')).toBe(true);
  });
});

describeWithRealCluster('an archive of ours that is cut, on a real cluster', (cluster) => {
  it('is refused at the end of each member, and nothing is written', async () => {
    await cluster().apply(manifests);
    const cuts = await Cuts.start(cluster().kubeconfig);
    try {
      await cluster().kubectl('delete', 'namespace', 'cut', '--timeout=60s');
      for (const { offset } of cuts.catalogue.members) {
        await cuts.replace(cuts.archive.subarray(0, offset));
        await cuts.expectRefused(`cut at ${offset}`);
      }
      await cuts.replace(cuts.archive);
      expect(await cuts.restore()).toMatchObject({ phase: 'Completed', errors: 0 });
    } finally {
      await cuts.stop();
    }
  });

  it('is restored but for what no reader takes, where an earlier release put that into it', async () => {
    const rig = new RestoreRig();
    const target = await connectTo(cluster().kubeconfig, 'target');
    try {
      const bad = badConfigMaps('earlier').map(([, item]) => item);
      await rig.addArchive('earlier', Buffer.alloc(0));
      const items = [configMapItem('earlier', 'before'), ...bad, configMapItem('earlier', 'behind')];
      await putEarlierArchive(rig.vault, 'earlier', items);
      const job = (name: string, origin: OriginVerdict) => ({
        ...rig.job(target, name, { backupName: 'earlier' }),
        origin,
      });
      const unproved = await restore(job('unproved', { verdict: 'unproved', reason: 'the test says so' }));
      expect(unproved).toMatchObject({ phase: 'Failed', counts: {} });
      const result = await restore(job('proved', { verdict: 'proved', by: 'the test' }));
      expect(result).toMatchObject({ phase: 'PartiallyFailed', errors: bad.length, counts: { created: 3 } });
      const names = await cluster().kubectl('get', 'configmaps', '-n', 'earlier', '-o', 'name');
      expect(names).toContain('configmap/before');
      expect(names).toContain('configmap/behind');
    } finally {
      target.close();
    }
  });
});
