import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { ApiRequest, Cluster } from '../../../../shared/platform/kubernetes/port';
import { LifeboatError } from '../../../../shared/platform/errors';
import { restore } from '../../../../shared/operations/restore/restore';
import { archiveOf, heldLease, RestoreRig, type TestItem } from './restore-rig';

const settings: TestItem = {
  groupResource: 'configmaps',
  object: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop' },
    data: {},
  },
};

/** A cluster that serves ConfigMaps and Namespaces, accepts what is created and remembers it. */
function accepting(): Cluster & { created: ApiRequest[] } {
  const kind = (name: string, resource: string, namespaced: boolean) => ({
    group: '',
    version: 'v1',
    kind: name,
    resource,
    namespaced,
    singular: name.toLowerCase(),
    shortNames: [],
    verbs: [],
    subresources: [],
    preferred: true,
  });
  const created: ApiRequest[] = [];
  return {
    created,
    name: 'target',
    server: 'https://target',
    discover: async () => ({
      resources: [kind('Namespace', 'namespaces', false), kind('ConfigMap', 'configmaps', true)],
      stale: [],
      serverVersion: { gitVersion: 'v1.37.2', major: '1', minor: '37' },
    }),
    request: async (request) => {
      if (request.method !== 'GET') created.push(request);
      const isRead = request.method === 'GET';
      const made = () => {
        const object = JSON.parse(String(request.body));
        return { ...object, metadata: { ...object.metadata, uid: `u-${created.length}` } };
      };
      const body = Buffer.from(JSON.stringify(isRead ? { kind: 'Status', reason: 'NotFound' } : made()));
      return { status: isRead ? 404 : 201, headers: {}, body, ambiguous: false };
    },
    close: () => {},
  };
}

describe('restore', () => {
  it('makes the namespace first, bare where the archive has none, and writes what Velero writes of a restore', async () => {
    const rig = new RestoreRig();
    await rig.addBackup('b', [settings]);
    const cluster = accepting();
    const result = await restore(rig.job(cluster, 'r', { backupName: 'b' }));
    expect(result).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0, counts: { created: 2 } });
    expect(cluster.created.map(({ path }) => path.split('?')[0])).toEqual([
      '/api/v1/namespaces',
      '/api/v1/namespaces/shop/configmaps',
    ]);
    const written = rig.bucket.keys().filter((key) => key.startsWith('vault/restores/'));
    expect(written).toEqual([
      'vault/restores/r/r-lifeboat.json.gz',
      'vault/restores/r/r-volumeinfo.json.gz',
      'vault/restores/r/restore-r-itemoperations.json.gz',
      'vault/restores/r/restore-r-logs.gz',
      'vault/restores/r/restore-r-resource-list.json.gz',
      'vault/restores/r/restore-r-results.gz',
    ]);
    expect(await rig.resourceList('r')).toEqual({
      'v1/ConfigMap': ['shop/settings(created)'],
      'v1/Namespace': ['shop(created)'],
    });
    expect(await rig.results('r')).toEqual({ errors: {}, warnings: {} });
  });

  it.each([
    ['labels that are no texts', { labels: { a: 1 } }],
    ['annotations that are a list', { annotations: [] }],
    ['owners that are a text', { ownerReferences: 'x' }],
    ['an owner that is nothing', { ownerReferences: [null] }],
  ])('refuses an archive that holds %s, and writes nothing to the cluster', async (_what, metadata) => {
    const rig = new RestoreRig();
    const hostile = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'shop', ...metadata },
    };
    await rig.addBackup('b', [settings, { groupResource: 'configmaps', object: hostile }]);
    const cluster = accepting();
    const result = await restore(rig.job(cluster, 'r', { backupName: 'b' }));
    expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringContaining('configmaps shop/a') });
    expect(cluster.created).toEqual([]);
  });

  it('fails with the reason when the backup is not there, or its volume info is damaged', async () => {
    const rig = new RestoreRig();
    expect(await restore(rig.job(accepting(), 'r', { backupName: 'none' }))).toMatchObject({
      phase: 'Failed',
      errors: 1,
      reason: expect.stringContaining('there is no backup none in'),
    });
    await rig.addBackup('b', [settings]);
    await rig.vault.put('backups/b/b-volumeinfo.json.gz', gzipSync('{"no":"list"}'));
    const cluster = accepting();
    expect(await restore(rig.job(cluster, 'r2', { backupName: 'b' }))).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('b-volumeinfo.json.gz'),
    });
    expect(cluster.created).toEqual([]);
  });

  it.each(['restore-r-results.gz', 'restore-r-logs.gz', 'anything'])(
    'writes its results to the state where somebody put %s of its name into the vault, and says so',
    async (file) => {
      const rig = new RestoreRig();
      await rig.addBackup('b', [settings]);
      const theirs = Buffer.from('written by somebody else');
      await rig.vault.put(`restores/r/${file}`, theirs);
      const cluster = accepting();
      const job = rig.job(cluster, 'r', { backupName: 'b' });
      expect(await restore(job)).toMatchObject({ phase: 'Completed', warnings: 1 });
      expect(cluster.created.length).toBeGreaterThan(0);
      expect((await rig.vault.get(`restores/r/${file}`)).body).toEqual(theirs);
      expect(rig.bucket.keys().filter((key) => key.startsWith('vault/restores/r/'))).toHaveLength(1);
      const { body } = await job.run.get('report/restores/r/restore-r-results.gz');
      expect(gunzipSync(body).toString()).toContain('the vault holds a restore named r already');
    },
  );

  it('goes on where an earlier attempt of it wrote its results', async () => {
    const rig = new RestoreRig();
    await rig.addBackup('b', [settings]);
    await restore(rig.job(accepting(), 'r', { backupName: 'b' }));
    const lease = { ...heldLease(), attempt: 2 };
    const result = await restore(rig.job(accepting(), 'r', { backupName: 'b' }, { lease }));
    expect(result).toMatchObject({ phase: 'Completed' });
  });

  it('throws what another attempt may overcome, and leaves no result behind', async () => {
    const rig = new RestoreRig();
    await rig.addBackup('b', [settings]);
    const cluster = accepting();
    cluster.discover = async () => {
      throw new LifeboatError('unavailable', 'cluster "target" does not answer');
    };
    await expect(restore(rig.job(cluster, 'r', { backupName: 'b' }))).rejects.toThrow('does not answer');
    expect(rig.bucket.keys().filter((key) => key.includes('restores/'))).toEqual([]);
  });

  it('gives up at once when the credentials are no longer known', async () => {
    const rig = new RestoreRig();
    await rig.addBackup('b', [settings]);
    const cluster = accepting();
    let asked = 0;
    cluster.request = async () => {
      asked += 1;
      const body = '{"kind":"Status","code":401,"reason":"Unauthorized","message":"Unauthorized"}';
      return { status: 401, headers: {}, body: Buffer.from(body), ambiguous: false };
    };
    const result = await restore(rig.job(cluster, 'r', { backupName: 'b' }));
    expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringContaining('credentials') });
    expect(asked).toBe(1);
  });

  it('tells what was done even where the vault takes no report', async () => {
    const rig = new RestoreRig();
    await rig.addBackup('b', [settings]);
    rig.bucket.before = (operation, key) => {
      if (operation === 'create') throw new LifeboatError('denied', `create ${key}: AccessDenied`);
    };
    const result = await restore(rig.job(accepting(), 'r', { backupName: 'b' }));
    expect(result).toMatchObject({
      phase: 'PartiallyFailed',
      counts: { created: 2 },
      reason: expect.stringContaining('AccessDenied'),
    });
  });

  it('does nothing more once its lease is lost', async () => {
    const rig = new RestoreRig();
    await rig.addBackup('b', [settings]);
    const lease = heldLease();
    lease.lose(new LifeboatError('lost-lease', 'taken over'));
    const cluster = accepting();
    await expect(restore(rig.job(cluster, 'r', { backupName: 'b' }, { lease }))).rejects.toThrow(
      'taken over',
    );
    expect(cluster.created).toEqual([]);
  });

  it('never restores volume snapshots, and says so', async () => {
    const rig = new RestoreRig();
    const snapshot = {
      apiVersion: 'snapshot.storage.k8s.io/v1',
      kind: 'VolumeSnapshot',
      metadata: { name: 's', namespace: 'shop' },
    };
    await rig.addArchive(
      'b',
      gzipSync(
        await archiveOf([{ groupResource: 'volumesnapshots.snapshot.storage.k8s.io', object: snapshot }]),
      ),
    );
    await restore(rig.job(accepting(), 'r', { backupName: 'b' }));
    expect((await rig.outcomes('r')).find(({ name }) => name === 's')).toMatchObject({
      outcome: 'skipped',
      reason: 'volume snapshots are not restored yet',
    });
  });
});
