import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type BareApi, bareAnswer, bareApi } from '../../local/proof/bare-api';
import { parseExactly } from '../../local/proof/exact-json';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { RunResult } from '../../shared/formats/manifests/run';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig } from '../shared/operations/restore/restore-rig';
import { differences } from './restore-fixtures/compare-object';
import { expectedFate, type Target } from './restore-fixtures/expected-fate';
import {
  type FixtureBackup,
  type FixtureItem,
  type FixtureObject,
  fixtureBackup,
  placeOf,
} from './restore-fixtures/fixture-backup';

const hasty = { refusals: 1_500, termination: 1_500, poll: 100 };
const current = 'v1.18.3-kubernetes-v1.37.2';
const old = 'v1.14.0-kubernetes-v1.20.2';

/** Versions of the archives that the newest Kubernetes serves no more, and what it serves instead. */
const today: Record<string, string> = {
  'apiextensions.k8s.io/v1beta1': 'apiextensions.k8s.io/v1',
  'batch/v1beta1': 'batch/v1',
  'policy/v1beta1': 'policy/v1',
  'discovery.k8s.io/v1beta1': 'discovery.k8s.io/v1',
  'flowcontrol.apiserver.k8s.io/v1beta1': 'flowcontrol.apiserver.k8s.io/v1',
};

/** Every backup that a real Velero wrote, restored into the newest Kubernetes, and the old ones also where they were made. */
const cases = [
  ...['everything', 'scoped', 'shop-csi', 'shop-fs', 'shop-labels', 'partial'].map((backup) => ({
    backup,
    generation: current,
    choice: 'current' as const,
  })),
  ...(['old', 'current'] as const).flatMap((choice) =>
    ['legacy', 'legacy-all', 'legacy-versions'].map((backup) => ({ backup, generation: old, choice })),
  ),
];

for (const { backup, generation, choice } of cases) {
  describeWithRealCluster(
    `Velero's backup ${backup} (${generation}), restored on ${choice === 'current' ? 'the newest' : 'its own'} Kubernetes`,
    (cluster) => {
      const rig = new RestoreRig();
      // The vault has records of a restore shop-fs-1 already.
      const name = `${backup}-back`;
      const startedAt = Date.now();
      let target: Cluster;
      let api: BareApi;
      let archived: FixtureBackup;
      let result: RunResult;
      let outcomes: Map<string, ObjectOutcome>;
      let served: Target;

      beforeAll(async () => {
        await rig.addFixture(generation);
        archived = await fixtureBackup(generation, backup);
        target = await connectTo(cluster().kubeconfig);
        api = bareApi(cluster().kubeconfig);
        result = await restore(rig.job(target, name, { backupName: backup }), hasty);
        outcomes = new Map((await rig.outcomes(name)).map((one) => [placeLine(one), one]));
        const resources = new Set((await cluster().kubectl('api-resources', '-o', 'name')).split('\n'));
        served = { serves: (groupResource) => resources.has(groupResource) };
      }, 180_000);
      afterAll(() => {
        target?.close();
        api?.agent.destroy();
      });

      const live = new Map<string, FixtureObject>();
      async function liveCopy({ key, groupResource, object }: FixtureItem): Promise<FixtureObject> {
        const { namespace, name } = object.metadata;
        const apiVersion = (choice === 'current' && today[object.apiVersion]) || object.apiVersion;
        const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
        const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
        const path = `${root}${place}/${groupResource.split('.')[0]}/${encodeURIComponent(name)}`;
        const { status, body } = await bareAnswer(api, 'GET', path);
        if (status !== 200) throw new Error(`${key}: ${status} ${body}`);
        return parseExactly(body.toString()) as FixtureObject;
      }

      it('leaves out what the cluster or a later version looks after, with the reason, and nothing else', () => {
        const wrong: string[] = [];
        for (const item of archived.items.values()) {
          const fate = expectedFate(item, archived, served);
          const { outcome = 'not asked for', reason = '' } = outcomes.get(item.key) ?? {};
          const expected = fate.outcome === 'back' ? ['created', 'same'] : [fate.outcome];
          const isSaid = !('reason' in fate) || fate.reason.test(reason);
          if (!expected.includes(outcome) || !isSaid)
            wrong.push(`${item.key}: ${outcome} ${reason}, should be ${fate.outcome}`);
        }
        expect(wrong).toEqual([]);
        // A namespace that the archive does not hold is made bare.
        const made = [...outcomes.keys()].filter(
          (key) => !archived.items.has(key) && !/^namespaces /.test(key),
        );
        expect(made).toEqual([]);
      });

      it('gives back every other object as it was, but for the fields that must change', async () => {
        const back = [...archived.items.values()].filter(
          (item) => expectedFate(item, archived, served).outcome === 'back',
        );
        expect(back.length).toBeGreaterThan(4);
        for (const item of back) live.set(item.key, await liveCopy(item));
        const uids = new Map(
          [...live.values()].map((one) => [`${one.kind} ${placeOf(one)}`, one.metadata.uid]),
        );
        const wrong: Record<string, string[]> = {};
        for (const { key, object } of back) {
          const around = {
            live: live.get(key)!,
            backup,
            restore: name,
            created: outcomes.get(key)?.outcome === 'created',
            startedAt,
            newer: generation === old && choice === 'current',
            uidOf: (kind: string, place: string) => uids.get(`${kind} ${place}`),
          };
          const found = differences({ ...around, archived: object });
          if (found.length > 0) wrong[key] = found;
          // The cluster's own copy, taken later: the same, where the object had not been changed by then.
          const later = archived.seenLater.get(object.metadata.uid);
          if (
            later?.apiVersion !== object.apiVersion ||
            later.metadata.resourceVersion !== object.metadata.resourceVersion
          )
            continue;
          const foundLater = differences({ ...around, archived: later });
          if (foundLater.length > 0) wrong[`${key} in objects/`] = foundLater;
        }
        expect(wrong).toEqual({});
      }, 60_000);

      it('names every claim whose data Velero saved and this restore does not bring back', async () => {
        const withData = archived.volumes.filter(({ pvcNamespace, pvcName }) =>
          archived.items.has(`persistentvolumeclaims ${pvcNamespace}/${pvcName}`),
        );
        const failed = [...outcomes.values()].filter(({ outcome }) => outcome === 'failed').length;
        const { errors } = await rig.results(name);
        expect({ ...result, said: errors }).toMatchObject({
          phase: withData.length + failed > 0 ? 'PartiallyFailed' : 'Completed',
          errors: withData.length + failed,
        });
        for (const { pvcNamespace, pvcName, backupMethod, csiSnapshotInfo } of withData) {
          const why =
            backupMethod === 'PodVolumeBackup'
              ? 'its data is in the backup as a file-system backup (kopia), which is not restored yet'
              : `this installation did not take snapshot ${csiSnapshotInfo?.snapshotHandle}: name it with --snapshot-handle ${pvcNamespace}/${pvcName}=${csiSnapshotInfo?.snapshotHandle}`;
          expect(errors.namespaces).toEqual({
            [pvcNamespace]: [
              `persistentvolumeclaims ${pvcNamespace}/${pvcName}: it came back without its data: ${why}`,
            ],
          });
        }
      });

      it('finds everything the same the second time, and changes nothing', async () => {
        const again = await restore(rig.job(target, `${backup}-again`, { backupName: backup }), hasty);
        const changed = (await rig.outcomes(`${backup}-again`)).filter(
          ({ outcome }) => outcome === 'different' || outcome === 'updated',
        );
        expect(changed).toEqual([]);
        const fates = [...archived.items.values()].map(
          (item) => expectedFate(item, archived, served).outcome,
        );
        const { created = 0, failed = 0 } = again.counts!;
        expect({ created, failed }).toEqual({
          created: 0,
          failed: fates.filter((one) => one === 'failed').length,
        });
      }, 60_000);
    },
    { choice },
  );
}

function placeLine({ groupResource, namespace, name }: ObjectOutcome): string {
  return `${groupResource} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
