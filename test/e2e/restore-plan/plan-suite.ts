import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { type BareApi, bareApi } from '../../../local/proof/bare-api';
import { takeSnapshot } from '../../../local/proof/snapshot';
import type { Cluster } from '../../../shared/platform/kubernetes/port';
import type { RestoreRequest } from '../../../shared/formats/manifests/run';
import type { RestoreSpec } from '../../../shared/formats/manifests/velero';
import { actionOf } from '../../../shared/operations/restore/plan/planned-object';
import { type Rehearsal, rehearse } from '../../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../../shared/operations/restore/report/outcome';
import { restore } from '../../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestObject } from '../../shared/operations/restore/restore-rig';

/** The vaults that real Velero servers wrote, each with the cluster that it is restored into. */
const generations = [
  {
    choice: 'current',
    generation: 'v1.18.3-kubernetes-v1.37.2',
    backup: 'shop-fs',
    everything: 'everything',
    namespace: 'shop',
    jobs: 'shop-jobs',
    service: 'outside',
    /** Cluster-scoped objects that name the namespace. */
    naming: ['clusterrolebinding/shop-reader', 'validatingwebhookconfiguration/shop-check'],
  },
  {
    choice: 'old',
    generation: 'v1.14.0-kubernetes-v1.20.2',
    backup: 'legacy',
    everything: 'legacy-all',
    namespace: 'legacy',
    jobs: 'legacy',
    service: 'web',
    naming: ['mutatingwebhookconfiguration/legacy-defaults'],
  },
] as const;

export type Generation = (typeof generations)[number];

export const hasty = { refusals: 1_000, termination: 1_000, poll: 100 };
export const hashKey = randomBytes(32);

/** What was planned, and what became of it. */
interface Played {
  planned: ObjectOutcome[];
  outcomes: ObjectOutcome[];
  rehearsal: Rehearsal;
}

/** What the tests of one generation work with, once they run. */
export interface PlanSuite {
  rig: RestoreRig;
  target(): Cluster;
  /** Creates what a YAML text describes. */
  create(yaml: string): Promise<unknown>;
  /** @param line words without spaces in them */
  kubectl(line: string): Promise<string>;
  get(...parameters: string[]): Promise<TestObject>;
  /**
   * Plans and then does it: what was planned has to be what became of it. With `quiet`, once nothing changes in the cluster by
   * itself, and then nothing may have changed by the plan either.
   */
  planAndRestore(
    name: string,
    spec: RestoreSpec,
    more?: Pick<RestoreRequest, 'transforms' | 'conflicts'>,
    options?: { quiet?: boolean },
  ): Promise<Played>;
}

/** A suite for each vault of a real Velero, with a new cluster of its Kubernetes. */
export function describePlans(what: string, body: (generation: Generation, suite: PlanSuite) => void): void {
  for (const one of generations) {
    describeWithRealCluster(
      `the plan of a restore of Velero's backups of ${one.generation}: ${what}`,
      (cluster) => {
        const rig = new RestoreRig();
        let target: Cluster;
        let api: BareApi;
        beforeAll(async () => {
          await rig.addFixture(one.generation);
          target = await connectTo(cluster().kubeconfig);
          api = bareApi(cluster().kubeconfig);
        }, 60_000);
        afterAll(() => {
          target?.close();
          api?.agent.destroy();
        });
        body(one, {
          rig,
          target: () => target,
          create: (yaml) => cluster().create(yaml),
          kubectl: (line) => cluster().kubectl(...line.split(' ')),
          get: async (...parameters) =>
            JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json')),
          async planAndRestore(name, spec, more = {}, { quiet = false } = {}) {
            const job = rig.job(target, name, spec, { allowEmptyVolumes: true, ...more });
            const planned: ObjectOutcome[] = [];
            const before = quiet ? await quietVersions(api) : [];
            const rehearsal = await rehearse(job, { hashKey, heard: (object) => planned.push(object) });
            if (quiet) expect(await versions(api)).toEqual(before);
            await restore(job, hasty);
            const outcomes = await rig.outcomes(name);
            expect(planned.map(lineOf).sort()).toEqual(outcomes.map(lineOf).sort());
            return { planned, outcomes, rehearsal };
          },
        });
      },
      { choice: one.choice },
    );
  }
}

/** Controllers of a new cluster publish their things in its first moments. */
async function quietVersions(api: BareApi): Promise<string[]> {
  for (let last = ''; ; ) {
    const now = await versions(api);
    const text = now.join('\n');
    if (text === last && text.includes('kube-root-ca.crt')) return now;
    last = text;
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
}

/** Everything that a restore could change, but for what controllers write all the time. */
async function versions(api: BareApi): Promise<string[]> {
  const seen = await takeSnapshot(api);
  return [...seen]
    .filter(([key]) => !/^(leases|events|endpointslices|endpoints)\b/.test(key))
    .map(([key, { metadata }]) => `${key} ${metadata.uid} ${metadata.resourceVersion}`)
    .sort();
}

function lineOf(one: ObjectOutcome): string {
  return `${one.apiVersion} ${one.groupResource} ${one.namespace ?? ''}/${one.name}: ${becomes(one)}`;
}

/**
 * What becomes of an object. The default account of a new namespace is there whoever makes it first, the restore or the
 * controller.
 */
function becomes({ groupResource, name, outcome }: ObjectOutcome): string {
  const action = actionOf(outcome);
  const isDefault = groupResource === 'serviceaccounts' && name === 'default';
  return isDefault && (action === 'create' || action === 'same') ? 'there' : action;
}
