import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { runProgram } from '../../local/control-plane/run-program';
import { findOperations, type SnapshotOperation } from '../../shared/formats/state/run/operations';
import type { KubeObject } from '../../shared/platform/kubernetes/kube-object';
import { describeWithNode } from '../harness/describe-with-node';
import { BackupRig, type FinishedBackup } from '../shared/operations/backup/backup-rig';
import { startVelero, type VeleroCluster, type VeleroServer } from '../velero/velero-server';
import { hasSnapshot } from './driver-snapshots';
import { create, idle, isRunning, makeNamespace, remove, until } from './pods-that-run';

const { LIFEBOAT_VELERO: program, KUBEBUILDER_ASSETS: assets } = process.env;
const name = 'a real Velero 1.18.3 on a backup of ours with CSI snapshots';

if (program && assets) suite(program, assets);
else {
  const missing = ['LIFEBOAT_VELERO', 'KUBEBUILDER_ASSETS'].filter((variable) => !process.env[variable]);
  it.skip(`${name} [skipped: ${missing.join(' and ')} not set, see test/velero/build]`, () => {});
}

/** Of a claim, so long that the name of its snapshot must be cut for the label that holds it, and that with a dot at the cut. */
const long = `data.${'of-shop.'.repeat(8)}end`;
const claims = ['data', long];

function suite(velero: string, programs: string): void {
  describeWithNode(name, (node) => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-velero-csi-'));
    let rig: BackupRig;
    let cluster: VeleroCluster;
    let home: string;
    let install: string;
    let mapped: string;
    let server: VeleroServer;
    let ours: FinishedBackup;
    let operations: SnapshotOperation[];
    let digests: string;

    beforeAll(async () => {
      const kubeconfig = join(folder, 'kubeconfig');
      writeFileSync(kubeconfig, node().kubeconfig, { mode: 0o600 });
      const kubectl = (parameters: string[], input?: string) =>
        runProgram(join(programs, 'kubectl'), ['--kubeconfig', kubeconfig, ...parameters], input);
      cluster = {
        folder,
        kubectl: (...parameters) => kubectl(parameters),
        apply: (manifests) => kubectl(['apply', '--validate=false', '-f', '-'], manifests),
      };
      rig = await BackupRig.start();
      home = await makeNamespace(node().cluster, 'velero-csi');
      [install, mapped] = [`${home}-server`, `${home}-mapped`];
      await startApplication();
      ours = await rig.backUp(node().cluster, home, { includedNamespaces: [home] });
      operations = await findOperations(rig.store('state-bucket', `state/runs/backups/${home}`));
      server = await startVelero(velero, cluster, location(), {
        features: ['EnableCSI'],
        namespace: install,
      });
    }, 120_000);

    afterAll(async () => {
      try {
        await server?.cli('restore', 'delete', '--all', '--confirm');
        await until(
          'Velero has let its restores go',
          async () => (await objects('restores.velero.io')).length === 0,
        );
      } finally {
        await server?.stop();
        for (const each of [home, mapped, install])
          await remove(node().cluster, `/api/v1/namespaces/${each}`);
        // The contents of a restore's snapshots keep them, and stay.
        for (const content of await contents()) await remove(node().cluster, `${contentPath}/${content}`);
        await rig?.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    }, 120_000);

    const location = () => ({
      name: 'lifeboat',
      endpoint: rig.oss.endpoint,
      bucket: 'vault-bucket',
      prefix: 'prod',
      keys: rig.keys,
      foundBefore: true,
    });

    const contentPath = '/apis/snapshot.storage.k8s.io/v1/volumesnapshotcontents';

    const objects = async (resource: string, namespace = install): Promise<KubeObject[]> =>
      JSON.parse(await cluster.kubectl('-n', namespace, 'get', resource, '-o', 'json')).items;

    /** What Velero leaves of its restores. */
    async function contents(): Promise<string[]> {
      const all = await objects('volumesnapshotcontents.snapshot.storage.k8s.io');
      const isOurs = ({ spec }: KubeObject) => {
        const of = spec?.volumeSnapshotRef as { namespace?: string } | undefined;
        return of?.namespace === home || of?.namespace === mapped;
      };
      return all.filter(isOurs).map(({ metadata }) => metadata.name);
    }

    /** A pod with a file in each of its volumes. */
    async function startApplication(): Promise<void> {
      for (const claim of claims)
        await create(node().cluster, `/api/v1/namespaces/${home}/persistentvolumeclaims`, {
          metadata: { name: claim, labels: { app: 'db' } },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'disk',
            resources: { requests: { storage: '1Gi' } },
          },
        });
      await create(node().cluster, `/api/v1/namespaces/${home}/pods`, {
        metadata: { name: 'db' },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              ...idle('main'),
              volumeMounts: claims.map((_, at) => ({ name: `files-${at}`, mountPath: `/data/${at}` })),
            },
          ],
          volumes: claims.map((claimName, at) => ({
            name: `files-${at}`,
            persistentVolumeClaim: { claimName },
          })),
        },
      });
      await until('the pod runs', () => isRunning(node().cluster, home, 'db'));
      for (const at of claims.keys())
        await run(home, `dd if=/dev/urandom of=/data/${at}/file bs=1000 count=1000 && sync`);
      digests = await sums(home);
    }

    async function run(namespace: string, script: string): Promise<string> {
      const command = ['sh', '-c', script];
      const ended = await node().cluster.exec({
        ...{ namespace, pod: 'db', container: 'main', timeout: 20_000, command },
      });
      expect(ended).toMatchObject({ outcome: 'exited', exitCode: 0 });
      return ended.output.text();
    }

    const sums = (namespace: string) => run(namespace, 'sha256sum /data/*/file');

    /** Lets Velero restore our backup; gives the restore and what it complained of. */
    async function restored(restore: string, ...parameters: string[]) {
      await server.cli('restore', 'create', restore, '--from-backup', home, '--wait', ...parameters);
      const key = `restores/${restore}/restore-${restore}-results.gz`;
      const results = JSON.parse(gunzipSync((await rig.vault.get(key)).body).toString());
      const [found] = (await objects('restores.velero.io')).filter(
        ({ metadata }) => metadata.name === restore,
      );
      return { phase: (found?.status as { phase?: string })?.phase, results };
    }

    async function expectData(namespace: string): Promise<void> {
      await until('the restored pod runs', () => isRunning(node().cluster, namespace, 'db'));
      const bound = await objects('persistentvolumeclaims', namespace);
      expect(bound.map(({ status }) => (status as { phase?: string }).phase)).toEqual(['Bound', 'Bound']);
      // A finalizer of a snapshot that is not there would hold the claim for ever.
      expect(bound.flatMap(({ metadata }) => metadata.finalizers)).toEqual(
        claims.map(() => 'kubernetes.io/pvc-protection'),
      );
      expect(await sums(namespace)).toEqual(digests);
      const snapshots = await objects('volumesnapshots.snapshot.storage.k8s.io', namespace);
      expect(snapshots.flatMap(({ metadata }) => Object.keys(metadata.labels ?? {}).sort())).toEqual(
        claims.flatMap(() => ['velero.io/backup-name', 'velero.io/restore-name']),
      );
    }

    it('finds it, and shows each snapshot with its handle', async () => {
      expect(ours.result.phase).toBe('Completed');
      expect(operations.map(({ claim }) => claim).sort()).toEqual([...claims].sort());
      await until('the backup is there', async () =>
        (await objects('backups.velero.io')).some(({ metadata }) => metadata.name === home),
      );
      const described = await server.cli('backup', 'describe', home, '--details', '--colorized=false');
      for (const { handle } of operations) expect(described).toContain(handle);
    }, 60_000);

    it('restores it into another namespace', async () => {
      const { phase, results } = await restored(`${home}-m`, '--namespace-mappings', `${home}:${mapped}`);
      expect({ phase, errors: results.errors }).toEqual({ phase: 'Completed', errors: {} });
      expect(JSON.stringify(results.warnings)).not.toMatch(/PersistentVolume|VolumeSnapshot/);
      await expectData(mapped);
    }, 90_000);

    it('restores it in place after its namespace was deleted', async () => {
      await cluster.kubectl('delete', 'namespace', home, '--timeout=60s');
      const { phase, results } = await restored(`${home}-i`);
      expect({ phase, errors: results.errors }).toEqual({ phase: 'Completed', errors: {} });
      expect(JSON.stringify(results.warnings)).not.toMatch(/PersistentVolume|VolumeSnapshot/);
      await expectData(home);
    }, 120_000);

    it('deletes it with its snapshots', async () => {
      for (const { handle } of operations) expect(await hasSnapshot(node().cluster, home, handle)).toBe(true);
      await server.cli('backup', 'delete', home, '--confirm');
      await until('the backup is gone', async () => (await objects('backups.velero.io')).length === 0);
      for (const { handle } of operations)
        expect(await hasSnapshot(node().cluster, home, handle)).toBe(false);
      for await (const page of rig.vault.list('backups/')) expect(page.objects).toEqual([]);
    }, 60_000);
  });
}
