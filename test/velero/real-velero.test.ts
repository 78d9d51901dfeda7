import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { RealCluster } from '../../local/control-plane/real-cluster';
import { type BareApi, bareApi } from '../../local/proof/bare-api';
import { compareSnapshots } from '../../local/proof/compare';
import { type Snapshot, takeSnapshot } from '../../local/proof/snapshot';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { Results } from '../../shared/formats/manifests/velero';
import { describeBackup } from '../../shared/formats/vault/describe-backup';
import { verifyBackup } from '../../shared/formats/vault/verify/verify-backup';
import { checkVault } from '../checker/check-vault';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { BackupRig, connected } from '../shared/operations/backup/backup-rig';
import { application } from './application';
import { startVelero, type VeleroServer } from './velero-server';

jest.setTimeout(180_000);

const program = process.env.LIFEBOAT_VELERO;
const reason = program ? '' : ' [skipped: LIFEBOAT_VELERO does not name a Velero, see test/velero/build]';
const longest = `shop-${'x'.repeat(58)}`;

interface VeleroObject {
  metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
}

interface Restored {
  backup: VeleroObject;
  restore: VeleroObject;
  results: Results;
  after: Snapshot;
}

if (program) suite(program);
else it.skip(`a real Velero 1.18.3 reads our vaults${reason}`, () => {});

function suite(velero: string): void {
  describeWithRealCluster('a real Velero 1.18.3 on a vault of ours', (cluster) => {
    let rig: BackupRig;
    let source: Cluster;
    let api: BareApi;
    let server: VeleroServer;
    let before: Map<string, string>;
    let was: Snapshot;
    let theirs: Restored;

    beforeAll(async () => {
      rig = await BackupRig.start();
      await applied(cluster(), application);
      source = await connected('home', cluster().kubeconfig);
      api = bareApi(cluster().kubeconfig);
      await until(async () => {
        const phase = await cluster().kubectl(
          '-n',
          'shop',
          'get',
          'pvc',
          'kept',
          '-o',
          'jsonpath={.status.phase}',
        );
        const pods = await cluster().kubectl('-n', 'shop', 'get', 'pods', '-o', 'name');
        return phase === 'Bound' && pods.trim().split('\n').length >= 3;
      });
      // Velero looks for backups a minute after its start, whatever the location says: it is started first.
      server = await startVelero(velero, cluster(), location());
      const shop = { includedNamespaces: ['shop', 'shop-jobs'] };
      await rig.backUp(source, 'shop', { ...shop, snapshotVolumes: false });
      await rig.backUp(source, 'everything', { includedNamespaces: ['*'], includeClusterResources: true });
      // A schedule's backup is made though a filter matches nothing.
      await rig.backUp(
        source,
        'missed',
        { includedNamespaces: ['shop', 'not-there'] },
        { schedule: { name: 'nightly', slot: '2026-11-21T02:00:00Z' } },
      );
      await rig.backUp(source, longest, { ...shop, labelSelector: { matchLabels: { app: 'web' } } });
      await rig.backUp(source, 'nightly-20261122020000', shop, {
        schedule: { name: 'nightly', slot: '2026-11-22T02:00:00Z' },
      });
      await rig.backUp(source, 'versions', { ...shop, allApiVersions: true });
      before = await digests(rig);
      await rig.backUp(source, 'brief', { ...shop, ttl: '1s' });
    }, 240_000);
    afterAll(async () => {
      await server?.stop();
      api?.agent.destroy();
      source?.close();
      await rig?.stop();
    });

    const location = () => ({
      name: 'lifeboat',
      endpoint: rig.oss.endpoint,
      bucket: 'vault-bucket',
      prefix: 'prod',
      keys: rig.keys,
    });
    const names = ['everything', 'missed', 'nightly-20261122020000', 'shop', 'versions', longest];
    const backup = async (name: string): Promise<VeleroObject> =>
      JSON.parse(await cluster().kubectl('-n', 'velero', 'get', 'backups.velero.io', name, '-o', 'json'));

    it('restores a backup of its own, to be compared with', async () => {
      was = await takeSnapshot(api, ['shop', 'shop-jobs']);
      await server.cli(
        ...['backup', 'create', 'by-velero', '--include-namespaces', 'shop,shop-jobs'],
        ...['--snapshot-volumes=false', '--wait'],
      );
      theirs = await lostAndRestored('by-velero');
      expect(theirs.backup.status).toMatchObject({ phase: 'Completed' });
      expect({ phase: theirs.restore.status.phase, errors: theirs.results.errors }).toEqual({
        phase: 'Completed',
        errors: {},
      });
      expect(compareSnapshots(was, theirs.after).filter(({ verdict }) => verdict === 'missing')).toEqual([]);
    });

    it('finds every backup, with the phase, the counts and the times that we wrote', async () => {
      await until(async () => {
        const found = await cluster().kubectl('-n', 'velero', 'get', 'backups.velero.io', '-o', 'name');
        return names.every((name) => found.includes(`/${name}\n`));
      });
      for (const name of names) {
        const ours = JSON.parse((await rig.vault.get(`backups/${name}/velero-backup.json`)).body.toString());
        const theirs = await backup(name);
        expect(theirs.status).toEqual(ours.status);
        expect(theirs.spec).toEqual({ ...ours.spec, storageLocation: 'lifeboat' });
        expect(theirs.metadata.labels).toEqual({
          ...ours.metadata.labels,
          'velero.io/storage-location': 'lifeboat',
        });
        expect(theirs.metadata.annotations).toEqual(ours.metadata.annotations);
      }
    });

    it.each(names)('describes %s with details, and prints its log', async (name) => {
      const { resourceList, results, volumeInfo, log, backup: ours } = await rig.read(name);
      const described = await server.cli('backup', 'describe', name, '--details', '--colorized=false');
      expect(described).toMatch(new RegExp(`^Phase: +${ours.status.phase}`, 'm'));
      expect(described).not.toMatch(/<error|error getting|error reading/i);
      expect(described).toContain(`Total items to be backed up:  ${ours.status.progress!.totalItems}`);
      for (const [kind, objects] of Object.entries(resourceList)) {
        expect(described).toContain(`  ${kind}:\n${objects.map((one) => `    - ${one}\n`).join('')}`);
      }
      for (const message of Object.values(results.errors.namespaces ?? {}).flat())
        expect(described).toContain(message.trim());
      for (const { pvName } of volumeInfo) if (pvName) expect(described).toContain(pvName);
      expect(await server.cli('backup', 'logs', name)).toBe(log);
    });

    it('restores a backup of ours with no complaint that its own of the same objects does not give', async () => {
      const ours = await lostAndRestored('shop');
      expect(ours.results).toEqual(theirs.results);
      expect(ours.restore.status.phase).toBe(theirs.restore.status.phase);
      const wrong = ({ after }: typeof ours) =>
        compareSnapshots(was, after).filter(({ verdict }) => verdict === 'missing' || verdict === 'differs');
      expect(wrong(ours)).toEqual(wrong(theirs));
    });

    it.each(names)('restores %s over what there is, without an error', async (name) => {
      const { restore, results } = await restored(name, `${name.slice(0, 40)}-over`);
      expect(results.errors).toEqual({});
      expect(restore.status.phase).toBe('Completed');
    });

    it('deletes the backup whose time is over, by the expiration that it carries', async () => {
      await until(
        async () => ![...(await digests(rig)).keys()].some((key) => key.startsWith('backups/brief/')),
      );
    });

    it('restores by the directories of the versions where its feature for them is on', async () => {
      await server.stop();
      server = await startVelero(velero, cluster(), location(), { features: ['EnableAPIGroupVersions'] });
      const { restore, results, after } = await lostAndRestored('versions');
      expect({ phase: restore.status.phase, ...results }).toEqual({ ...theirs.results, phase: 'Completed' });
      const missing = compareSnapshots(was, after).filter(({ verdict }) => verdict === 'missing');
      expect(missing).toEqual([]);
      expect(server.log()).toContain('EnableAPIGroupVersions');
    });

    it('has changed no other object of a backup of ours', async () => {
      const now = await digests(rig);
      expect([...before].filter(([key, digest]) => now.get(key) !== digest)).toEqual([]);
    });

    it('leaves a vault that breaks no rule, with a backup of its own that we can read', async () => {
      expect(await checkVault(rig.vault)).toEqual([]);
      expect(await describeBackup(rig.vault, 'by-velero')).toMatchObject({ writer: 'velero', problems: [] });
      const verified = await verifyBackup(rig.vault, 'by-velero', {
        origin: { verdict: 'unprovable', reason: 'the test says so' },
        temporaryDirectory: tmpdir(),
      });
      expect(verified.parts.filter(({ proof }) => proof === 'broken')).toEqual([]);
    });

    /** Deletes the namespaces, lets Velero restore them, and says what it said and what there is. */
    async function lostAndRestored(of: string): Promise<Restored> {
      await lost(cluster());
      return { ...(await restored(of, `${of}-back`)), backup: await backup(of) };
    }

    async function restored(of: string, name: string): Promise<Omit<Restored, 'backup'>> {
      await server.cli('restore', 'create', name, '--from-backup', of, '--wait');
      const restore = JSON.parse(
        await cluster().kubectl('-n', 'velero', 'get', 'restores.velero.io', name, '-o', 'json'),
      );
      const key = `restores/${name}/restore-${name}-results.gz`;
      const results = JSON.parse(gunzipSync((await rig.vault.get(key)).body).toString());
      return { restore, results, after: await takeSnapshot(api, ['shop', 'shop-jobs']) };
    }
  });
}

async function applied(cluster: RealCluster, manifests: string): Promise<void> {
  // A custom resource is refused until its definition is served: what failed is applied again.
  await until(() =>
    cluster.apply(manifests).then(
      () => true,
      () => false,
    ),
  );
}

async function lost(cluster: RealCluster): Promise<void> {
  const coupons = await cluster.kubectl('-n', 'shop', 'get', 'coupons', '-o', 'name');
  for (const coupon of coupons.split('\n').filter(Boolean))
    await cluster.kubectl(
      '-n',
      'shop',
      'patch',
      coupon,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
  await cluster.kubectl('delete', 'namespace', 'shop', 'shop-jobs', '--timeout=90s');
  await cluster.kubectl('delete', 'pv', 'shop-kept', '--ignore-not-found', '--timeout=30s');
}

/** SHA-256 of every object below `backups/`. */
async function digests(rig: BackupRig): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const page of rig.vault.list('backups/'))
    for (const { key } of page.objects)
      found.set(
        key,
        createHash('sha256')
          .update((await rig.vault.get(key)).body)
          .digest('hex'),
      );
  return found;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; ) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error('what was waited for did not come within 90 s');
}
