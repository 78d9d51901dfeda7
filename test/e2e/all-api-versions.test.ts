import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { extract } from 'tar-stream';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { verifyBackup } from '../../shared/formats/vault/verify/verify-backup';
import { expectVeleroCanRead } from '../checker/expect-velero-can-read';
import { describeWithRealClusters } from '../harness/describe-with-real-cluster';
import { BackupRig, type FinishedBackup } from '../shared/operations/backup/backup-rig';
import { fixtures, RestoreRig, type TestObject } from '../shared/operations/restore/restore-rig';
import {
  byName,
  comparable,
  custom,
  named,
  nameOf,
  Side,
  today,
  writtenFor,
} from './across-versions/application';

const spec = {
  includedNamespaces: ['legacy', 'elder'],
  includedClusterScopedResources: ['*'],
  allApiVersions: true,
};
/** One way there, from a cluster that serves old and new side by side. */
const places = ['bridge', 'old'] as const;

describeWithRealClusters('a backup with every API version', [...places], (clusters) => {
  const rig = new RestoreRig();
  let backups: BackupRig;
  let source: Side;
  let target: Side;
  let backup: FinishedBackup;
  let expected: Record<string, TestObject>;
  let outcomes: ObjectOutcome[];

  beforeAll(async () => {
    backups = await BackupRig.start();
    const sides = await Promise.all(clusters().map(({ kubeconfig }) => Side.connect(kubeconfig)));
    [source, target] = sides as [Side, Side];
    await source.create([...writtenFor(source), ...custom]);
    backup = await backups.backUp(source.cluster, 'all-1', spec);
    expect(backup.result).toMatchObject({ phase: 'Completed', errors: 0 });
    expected = await byName(writtenFor(target), (object) => target.expected(object));
    const request = { backupName: 'all-1' };
    const result = await restore(rig.job(target.cluster, 'back', request, { vault: backups.vault }));
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
    await target.refresh();
    outcomes = await rig.outcomes('back', backups.vault);
  }, 300_000);
  afterAll(async () => {
    source?.cluster.close();
    target?.cluster.close();
    await backups?.stop();
  });

  it('is a backup that Velero can read, says that it has them, and can be verified', async () => {
    await expectVeleroCanRead(backups.vault, 'all-1');
    expect(backup.backup.metadata.annotations).toMatchObject({ 'lifeboat/all-api-versions': 'true' });
    expect(backup.backup.spec).not.toHaveProperty('allApiVersions');
    const verification = await verifyBackup(backups.vault, 'all-1', {
      origin: { verdict: 'proved', by: 'the test' },
      temporaryDirectory: tmpdir(),
    });
    expect(verification.parts.filter(({ proof }) => proof !== 'proved')).toEqual([]);
  });

  it('restores on v1.20.2 without a conversion, each object once and in a version of its source', async () => {
    const made = outcomes.filter(({ outcome }) => outcome === 'created');
    expect(made.map(named).sort()).toEqual([...today, ...custom].map(nameOf).sort());
    expect(made.filter(({ reason }) => reason !== undefined)).toEqual([]);
    const versions = new Set(made.map(({ kind, apiVersion }) => `${kind} ${apiVersion}`));
    for (const version of [
      'CronJob batch/v1beta1',
      'PodDisruptionBudget policy/v1beta1',
      'EndpointSlice discovery.k8s.io/v1beta1',
      'HorizontalPodAutoscaler autoscaling/v1',
      'FlowSchema flowcontrol.apiserver.k8s.io/v1beta1',
    ])
      expect(versions).toContain(version);
    expect(await byName(writtenFor(target), (object) => target.live(object))).toEqual(expected);
    for (const object of custom) expect(comparable(await target.live(object))).toEqual(comparable(object));
  });

  it('lies in the archive where Velero puts it', async () => {
    const { archive, resourceList } = await backups.backUp(target.cluster, 'legacy-versions', {
      includedNamespaces: ['legacy'],
      allApiVersions: true,
    });
    const file = 'v1.14.0-kubernetes-v1.20.2/vault/backups/legacy-versions/legacy-versions';
    expect(await paths(archive)).toEqual(await paths(readFileSync(join(fixtures, `${file}.tar.gz`))));
    const list = gunzipSync(readFileSync(join(fixtures, `${file}-resource-list.json.gz`)));
    const kinds = (listed: object) => Object.keys(listed).filter((kind) => kind !== 'v1/Event');
    expect(kinds(resourceList)).toEqual(kinds(JSON.parse(list.toString('utf8'))));
  });
});

/** The paths of an archive, but for objects whose names the cluster makes up. */
async function paths(archive: Buffer): Promise<string[]> {
  const unpack = extract();
  unpack.end(gunzipSync(archive));
  const found: string[] = [];
  for await (const entry of unpack) {
    found.push(entry.header.name);
    entry.resume();
  }
  const madeUp = /\/(events|pods)\/|-token-|\/web-[a-z0-9]{5}\.json$/;
  return found.filter((path) => !madeUp.test(path)).sort();
}
