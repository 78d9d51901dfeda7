import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { expectVeleroCanRead } from '../checker/expect-velero-can-read';
import { describeWithRealClusters } from '../harness/describe-with-real-cluster';
import { BackupRig } from '../shared/operations/backup/backup-rig';
import { RestoreRig, type TestObject } from '../shared/operations/restore/restore-rig';
import {
  byName,
  comparable,
  custom,
  named,
  nameOf,
  onlyToday,
  Side,
  today,
  writtenFor,
} from './across-versions/application';
import { back as conversions } from './across-versions/conversions';

const spec = { includedNamespaces: ['legacy', 'elder'], includedClusterScopedResources: ['*'] };
describeWithRealClusters('an application backed up on Kubernetes v1.37.2', ['current', 'old'], (clusters) => {
  const rig = new RestoreRig();
  let backups: BackupRig;
  let source: Side;
  let target: Side;
  let expected: Record<string, TestObject>;
  let outcomes: ObjectOutcome[];

  beforeAll(async () => {
    backups = await BackupRig.start();
    const sides = await Promise.all(clusters().map(({ kubeconfig }) => Side.connect(kubeconfig)));
    [source, target] = sides as [Side, Side];
    await source.create([...today, ...onlyToday, ...custom]);
    const { result } = await backups.backUp(source.cluster, 'today-1', spec);
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
    await expectVeleroCanRead(backups.vault, 'today-1');
    expected = await byName(writtenFor(target), (object) => target.expected(object));
    const job = rig.job(target.cluster, 'back', { backupName: 'today-1' }, { vault: backups.vault });
    const restored = await restore(job, { resources: 1_500, termination: 1_500, poll: 100 });
    expect(restored).toMatchObject({ phase: 'PartiallyFailed', errors: onlyToday.length });
    await target.refresh();
    outcomes = await rig.outcomes('back', backups.vault);
  }, 300_000);
  afterAll(async () => {
    source?.cluster.close();
    target?.cluster.close();
    await backups?.stop();
  });

  it('is on v1.20.2 what its author would have written there', async () => {
    const live = await byName(writtenFor(target), (object) => target.live(object));
    expect(live).toEqual(expected);
    expect(Object.keys(live).length).toBe(today.length);
  });

  it('has its custom resources there, fields that no schema knows and all', async () => {
    for (const object of custom) expect(comparable(await target.live(object))).toEqual(comparable(object));
  });

  it('is all that is made there, every conversion in the report and no other', () => {
    const made = outcomes.filter(({ outcome }) => outcome === 'created');
    expect(made.map(named).sort()).toEqual([...today, ...custom].map(nameOf).sort());
    for (const { kind, name, reason } of made) {
      expect(`${name}: ${reason}`).toBe(`${name}: ${conversions[kind]}`);
    }
  });

  it('says of what v1.20.2 does not know yet that it is not served', () => {
    const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(named).sort()).toEqual(onlyToday.map(nameOf).sort());
    for (const { reason, apiVersion, kind } of failed) {
      expect(reason).toBe(
        `the cluster does not serve ${apiVersion} ${kind}: install what defines it, or restore its CRD too`,
      );
    }
  });
});
