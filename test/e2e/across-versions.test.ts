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
  older,
  Side,
  today,
  writtenFor,
} from './across-versions/application';
import { fromThen as conversions } from './across-versions/conversions';

const spec = { includedNamespaces: ['legacy', 'elder'], includedClusterScopedResources: ['*'] };
const gone = ['PodSecurityPolicy elder-open', 'PodSecurityPolicy legacy-restricted'];

/** v1beta1 can name a node by its topology alone, which v1 takes no more. */
const byHostname: TestObject = {
  apiVersion: 'discovery.k8s.io/v1beta1',
  kind: 'EndpointSlice',
  metadata: { name: 'by-hostname', namespace: 'elder' },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['192.0.2.30'], topology: { 'kubernetes.io/hostname': 'node-3' } }],
};

const versions = Object.keys(conversions);

describeWithRealClusters(
  'an application backed up on Kubernetes v1.20.2',
  ['old', 'bridge', 'current'],
  (clusters) => {
    const rig = new RestoreRig();
    let backups: BackupRig;
    let sides: Side[];
    const targets: Record<string, Side> = {};
    const expected: Record<string, Record<string, TestObject>> = {};
    const outcomes: Record<string, ObjectOutcome[]> = {};

    beforeAll(async () => {
      backups = await BackupRig.start();
      sides = await Promise.all(clusters().map(({ kubeconfig }) => Side.connect(kubeconfig)));
      const [source, bridge, current] = sides as [Side, Side, Side];
      Object.assign(targets, { 'v1.24.17': bridge, 'v1.37.2': current });
      await source.create([...older, ...custom, byHostname]);
      const { result } = await backups.backUp(source.cluster, 'older-1', spec);
      expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
      await expectVeleroCanRead(backups.vault, 'older-1');
      for (const [version, side] of Object.entries(targets)) {
        // Asked before anything is there: what the server itself makes of an application written for it.
        expected[version] = await byName(writtenFor(side), (object) => side.expected(object));
        const request = { backupName: 'older-1' };
        const result = await restore(
          rig.job(side.cluster, `to-${version}`, request, { vault: backups.vault }),
        );
        expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
        await side.refresh();
        outcomes[version] = await rig.outcomes(`to-${version}`, backups.vault);
      }
    }, 300_000);
    afterAll(async () => {
      for (const side of sides ?? []) side.cluster.close();
      await backups?.stop();
    });

    it.each(versions)('is on %s what its author would have written there', async (version) => {
      const side = targets[version]!;
      const live = await byName(writtenFor(side), (object) => side.live(object));
      expect(live).toEqual(expected[version]);
      expect(Object.keys(live).length).toBe(today.length);
    });

    it.each(versions)(
      'has its custom resources on %s, fields that no schema knows and all',
      async (version) => {
        for (const object of custom) {
          expect(comparable(await targets[version]!.live(object))).toEqual(comparable(object));
        }
      },
    );

    it.each(versions)('is all that is made on %s, each object once', (version) => {
      const made = outcomes[version]!.filter(({ outcome }) => outcome === 'created').map(named);
      const kept = version === 'v1.24.17' ? gone : [];
      expect(made.sort()).toEqual([...today, ...custom, byHostname].map(nameOf).concat(kept).sort());
      const ingresses = outcomes[version]!.filter(({ kind }) => kind === 'Ingress');
      expect(ingresses.filter(({ outcome }) => outcome === 'skipped').map(({ reason }) => reason)).toEqual(
        Array(3).fill('the same object is restored as ingresses.networking.k8s.io'),
      );
    });

    it.each(versions)('has every conversion to %s in the report, and no other', (version) => {
      for (const { outcome, kind, reason, name } of outcomes[version]!) {
        if (outcome === 'created')
          expect(`${name}: ${reason}`).toBe(`${name}: ${conversions[version]![kind]}`);
      }
    });

    it('names the node of an endpoint that only its topology named', async () => {
      const slice = await targets['v1.37.2']!.live({ ...byHostname, apiVersion: 'discovery.k8s.io/v1' });
      expect(slice.endpoints).toEqual([
        { addresses: ['192.0.2.30'], conditions: expect.anything(), nodeName: 'node-3' },
      ]);
    });

    it('says what to use instead of what v1.37.2 has no more', () => {
      const policies = outcomes['v1.37.2']!.filter(({ kind }) => kind === 'PodSecurityPolicy');
      expect(policies.map(named).sort()).toEqual(gone);
      for (const { outcome, reason } of policies) {
        expect(outcome).toBe('skipped');
        expect(reason).toContain('pod-security.kubernetes.io/enforce');
      }
    });
  },
);
