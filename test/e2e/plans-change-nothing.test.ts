import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type BareApi, bareApi } from '../../local/proof/bare-api';
import { type SeenObject, takeSnapshot } from '../../local/proof/snapshot';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { ConflictPolicy } from '../../shared/formats/manifests/conflict-policy';
import { type PlannedObject, plannedObject } from '../../shared/operations/restore/plan/planned-object';
import { guarded } from '../../shared/operations/restore/rehearsal/guarded';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { describeWithRealCluster, type RealClusterChoice } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestItem } from '../shared/operations/restore/restore-rig';
import { objectsOfEveryKind } from './plans-change-nothing/objects';

const policies: ConflictPolicy[] = ['skip', 'fail', 'update', 'merge', 'replace'];
const hashKey = randomBytes(32);
/** Controllers write these all the time. */
const busy = /^(leases|events|endpointslices|endpoints)\b/;
/** A controller writes the status of these at moments of its own. */
const observed = /^horizontalpodautoscalers\b/;

for (const choice of ['current', 'old'] as RealClusterChoice[]) {
  describeWithRealCluster(
    `plans on the ${choice} API server, of objects of every kind that differ from the backup`,
    (cluster) => {
      const rig = new RestoreRig();
      let target: Cluster;
      let api: BareApi;
      beforeAll(async () => {
        target = await connectTo(cluster().kubeconfig);
        api = bareApi(cluster().kubeconfig);
        for (const manifests of objectsOfEveryKind(choice)) await cluster().create(manifests);
        await quietVersions();
        const seen = await takeSnapshot(api, ['kinds'], await ownClusterScoped());
        await rig.addBackup(
          'b',
          [...seen].map(([key, object]) => changed(key, object)),
        );
      }, 120_000);
      afterAll(() => {
        target?.close();
        api?.agent.destroy();
      });

      async function ownClusterScoped(): Promise<string[]> {
        return [...(await takeSnapshot(api)).keys()].filter((key) =>
          / kinds-\S+$| gadgets\.example/.test(key),
        );
      }

      /** Every resourceVersion of the cluster. */
      async function versions(): Promise<string[]> {
        return [...(await takeSnapshot(api))]
          .filter(([key]) => !busy.test(key))
          .map(
            ([
              key,
              {
                metadata: { uid, resourceVersion },
              },
            ]) => (observed.test(key) ? `${key} ${uid}` : `${key} ${uid} ${resourceVersion}`),
          )
          .sort();
      }

      /** Waits until the controllers of a new cluster have nothing more to do. */
      async function quietVersions(): Promise<string[]> {
        for (let last: string[] = []; ; ) {
          const now = await versions();
          if (now.join() === last.join() && now.some((one) => /^pods kinds\//.test(one))) return now;
          last = now;
          await new Promise((resolve) => setTimeout(resolve, 1_500));
        }
      }

      const jobFor = (name: string, policy: ConflictPolicy) =>
        rig.job(
          target,
          name,
          { backupName: 'b', includeClusterResources: true },
          { conflicts: { policy }, allowEmptyVolumes: true },
        );
      const planned = async (policy: ConflictPolicy): Promise<PlannedObject[]> => {
        const heard: ObjectOutcome[] = [];
        await rehearse(jobFor(`plan-${policy}`, policy), { hashKey, heard: (one) => heard.push(one) });
        return heard.map(plannedObject);
      };

      it.each(policies)(
        'change no resourceVersion with the policy %s',
        async (policy) => {
          const before = await versions();
          const objects = await planned(policy);
          expect(await versions()).toEqual(before);
          const actions = new Set(objects.map(({ action }) => action));
          const expected = {
            skip: 'conflict',
            fail: 'fail',
            update: 'update',
            merge: 'update',
            replace: 'recreate',
          };
          expect(actions).toContain(expected[policy]);
        },
        60_000,
      );

      it('change no resourceVersion when a restore keeps to its plan and is rehearsed first', async () => {
        const objects = await planned('replace');
        const before = await versions();
        await guarded(jobFor('kept', 'replace'), { objects, hashKey, failOnDrift: true });
        expect(await versions()).toEqual(before);
      }, 60_000);
    },
    { choice },
  );
}

/** An object of the cluster as a backup would hold it that was made before somebody changed it. */
function changed(key: string, seen: SeenObject): TestItem {
  const object = structuredClone(seen);
  object.metadata.annotations = { ...object.metadata.annotations, changed: 'yes' };
  if (object.kind === 'ConfigMap') object.data = { before: 'yes' };
  if (object.kind === 'Secret') object.data = { before: 'eWVz' };
  return { groupResource: key.split(' ')[0]!, object };
}
