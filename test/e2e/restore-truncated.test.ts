import { constants, createGzip } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { archiveOf, connectTo, RestoreRig, type TestItem } from '../shared/operations/restore/restore-rig';

const items: TestItem[] = [
  { groupResource: 'namespaces', object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'cut' } } },
  ...['one', 'two', 'three', 'four', 'five'].map((name) => ({
    groupResource: 'configmaps',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'cut' },
      data: { text: name.repeat(99) },
    },
  })),
  {
    groupResource: 'persistentvolumes',
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'cut' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/cut' } },
    },
  },
];

/** Compresses a tar so that what stands before each entry can be had alone, and gives the places to cut at. */
async function compressByEntry(tar: Buffer): Promise<{ archive: Buffer; cuts: number[] }> {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk));
  const size = () => chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const cuts: number[] = [];
  let at = 0;
  while (at < tar.length && tar[at] !== 0) {
    const content = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    const end = at + 512 + Math.ceil(content / 512) * 512;
    gzip.write(tar.subarray(at, end));
    await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
    cuts.push(size());
    at = end;
  }
  // The trailer.
  gzip.end(tar.subarray(at));
  await new Promise((resolve) => gzip.once('end', resolve));
  return { archive: Buffer.concat(chunks), cuts };
}

describeWithRealCluster('restore of a truncated archive', (cluster) => {
  it('changes nothing in the cluster, wherever between two entries the archive ends', async () => {
    const target = await connectTo(cluster().kubeconfig);
    const rig = new RestoreRig();
    const { archive, cuts } = await compressByEntry(await archiveOf(items));
    expect(cuts).toHaveLength(items.length + 1);
    const versions = () =>
      cluster().kubectl(
        'get',
        'namespaces,configmaps,persistentvolumes,serviceaccounts,secrets',
        '-A',
        '-o',
        'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}={.metadata.resourceVersion} {end}',
      );
    const before = await versions();
    for (const [index, cut] of [...cuts, archive.length - 4].entries()) {
      const name = `cut-${index}`;
      await rig.addArchive(name, archive.subarray(0, cut));
      const result = await restore(rig.job(target, `${name}-1`, { backupName: name }));
      expect(result).toMatchObject({
        phase: 'Failed',
        counts: {},
        reason: expect.stringContaining(`${name}.tar.gz`),
      });
      expect(await versions()).toBe(before);
    }
    await rig.addArchive('whole', archive);
    const whole = await restore(rig.job(target, 'whole-1', { backupName: 'whole' }));
    expect(whole).toMatchObject({ phase: 'Completed', counts: { created: items.length } });
    target.close();
  }, 60_000);
});
