import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { groupResource } from '../../shared/platform/kubernetes/api-resource';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { builtInKinds } from '../../shared/platform/kubernetes/built-in-kinds';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster, type RealClusterChoice } from '../harness/describe-with-real-cluster';
import {
  connectTo,
  RestoreRig,
  type TestItem,
  type TestObject,
} from '../shared/operations/restore/restore-rig';
import { anything, configMap, definition, namespace } from './restore/items';
import { controllerOf, once, replicated, running, workload } from './restore/workloads';

const allApis = '--runtime-config=api/all=true';

/** Group-resources that a cluster serves and the table of built-in kinds does not know. */
async function unknownTo(cluster: Cluster): Promise<string[]> {
  const { resources } = await cluster.discover({ allVersions: true, allVerbs: true });
  return [...new Set(resources.map(groupResource))].filter((name) => !builtInKinds.has(name));
}

describeWithRealCluster(
  'what a restore leaves out of a real cluster',
  (cluster) => {
    const rig = new RestoreRig();
    let target: Cluster;
    beforeAll(async () => {
      target = await connectTo(cluster().kubeconfig);
    });
    afterAll(() => target?.close());

    const get = async (...parameters: string[]): Promise<TestObject> =>
      JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));
    /** Waits until something is there, a few seconds at most. */
    const soon = async (...parameters: string[]): Promise<TestObject> => {
      for (let tries = 0; ; tries++) {
        try {
          return await get(...parameters);
        } catch (error) {
          if (tries > 40) throw error;
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
      }
    };

    it('knows every kind that it serves, alpha kinds too', async () => {
      expect(await unknownTo(target)).toEqual([]);
    });

    it('leaves claims of ephemeral volumes to the cluster, which gives each new pod one that it owns', async () => {
      const scratch = {
        name: 'scratch',
        ephemeral: {
          volumeClaimTemplate: {
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        },
      };
      const podSpec = { containers: [{ name: 'a', image: 'a' }], volumes: [scratch] };
      const pod = (name: string, owner?: object): TestItem => ({
        groupResource: 'pods',
        object: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name,
            namespace: 'scratch',
            uid: `uid-${name}`,
            labels: { app: 'web' },
            ...(owner && { ownerReferences: [owner] }),
          },
          spec: podSpec,
          status: { phase: 'Running' },
        },
      });
      const owner = (apiVersion: string, kind: string, name: string, controller = true) => ({
        apiVersion,
        kind,
        name,
        uid: `uid-${name}`,
        ...(controller && { controller, blockOwnerDeletion: true }),
      });
      const claim = (podName: string): TestItem => ({
        groupResource: 'persistentvolumeclaims',
        object: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: {
            name: `${podName}-scratch`,
            namespace: 'scratch',
            ownerReferences: [owner('v1', 'Pod', podName)],
          },
          spec: scratch.ephemeral.volumeClaimTemplate.spec,
          status: { phase: 'Pending' },
        },
      });
      await rig.addBackup('scratch', [
        namespace('scratch'),
        claim('web-0'),
        claim('bare'),
        pod('web-0', owner('apps/v1', 'StatefulSet', 'web')),
        pod('bare'),
        configMap('scratch', 'lock', {}, { ownerReferences: [owner('v1', 'Pod', 'web-0', false)] }),
        {
          groupResource: 'statefulsets.apps',
          object: {
            apiVersion: 'apps/v1',
            kind: 'StatefulSet',
            metadata: { name: 'web', namespace: 'scratch', uid: 'uid-web' },
            spec: {
              serviceName: 'web',
              replicas: 1,
              selector: { matchLabels: { app: 'web' } },
              template: { metadata: { labels: { app: 'web' } }, spec: podSpec },
            },
          },
        },
      ]);
      const result = await restore(rig.job(target, 'scratch-1', { backupName: 'scratch' }));
      expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
      for (const name of ['web-0', 'bare']) {
        const { metadata } = await soon('pvc', '-n', 'scratch', `${name}-scratch`);
        const made = await get('pod', '-n', 'scratch', name);
        expect(metadata.ownerReferences).toMatchObject([{ kind: 'Pod', name, uid: made.metadata.uid }]);
      }
      const left = (await rig.outcomes('scratch-1')).filter(({ outcome }) => outcome === 'skipped');
      expect(Object.fromEntries(left.map(({ name, reason }) => [name, reason]))).toMatchObject({
        'web-0-scratch': 'the cluster made it for pod web-0, which gets a new one',
        'bare-scratch': 'the cluster made it for pod bare, which gets a new one',
        lock: 'it belonged to pod web-0, which its controller makes again as another one',
      });
    }, 60_000);

    describe('of what controllers make', () => {
      const deployment: [string, string, string] = ['deployments.apps', 'apps/v1', 'Deployment'];
      const replicaSet: [string, string, string] = ['replicasets.apps', 'apps/v1', 'ReplicaSet'];
      const pod: [string, string, string] = ['pods', 'v1', 'Pod'];
      const job: [string, string, string] = ['jobs.batch', 'batch/v1', 'Job'];
      const revision = (number: string) => ({ 'deployment.kubernetes.io/revision': number });
      /** A Deployment, its ReplicaSet, its pod, and what the pod held. */
      const tree = (ns: string, name: string): TestItem[] => [
        workload(deployment, [ns, name], { spec: replicated('new'), annotations: revision('2') }),
        workload(replicaSet, [ns, `${name}-set`], {
          owner: controllerOf('apps/v1', 'Deployment', name),
          annotations: revision('2'),
          spec: replicated('new'),
        }),
        workload(pod, [ns, `${name}-pod`], {
          owner: controllerOf('apps/v1', 'ReplicaSet', `${name}-set`),
          spec: running,
        }),
        configMap(ns, `${name}-lock`, {}, { ownerReferences: [controllerOf('v1', 'Pod', `${name}-pod`)] }),
      ];
      const create = (object: object) => cluster().create(JSON.stringify(object));

      /** What a plan and then a restore say of each object; the two must be the same. */
      async function fates(name: string, items: TestItem[]): Promise<Record<string, string>> {
        await rig.addBackup(name, items);
        const planned: ObjectOutcome[] = [];
        await rehearse(rig.job(target, `${name}-plan`, { backupName: name }), {
          hashKey: Buffer.alloc(32),
          heard: (outcome) => planned.push(outcome),
        });
        const patience = { termination: 0, poll: 50, controllers: 0 };
        await restore(rig.job(target, `${name}-1`, { backupName: name }), patience);
        const told = (outcomes: readonly ObjectOutcome[]) =>
          Object.fromEntries(
            outcomes.map(({ name: one, outcome, reason }) => [
              one,
              outcome === 'skipped' ? (reason ?? '') : outcome,
            ]),
          );
        const done = told(await rig.outcomes(`${name}-1`));
        expect(told(planned)).toEqual(done);
        return done;
      }

      it('brings what a controller does not make: its own object failed, or its kind is not there', async () => {
        await create(namespace('full').object as object);
        await create({
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name: 'none', namespace: 'full' },
          spec: { hard: { 'count/deployments.apps': '0', 'count/replicasets.apps': '1' } },
        });
        const done = await fates('full', [
          ...tree('full', 'web'),
          workload(pod, ['full', 'of-custom'], {
            owner: controllerOf('example.org/v1', 'PodSet', 'custom'),
            spec: running,
          }),
          {
            groupResource: 'podsets.example.org',
            object: {
              apiVersion: 'example.org/v1',
              kind: 'PodSet',
              metadata: { name: 'custom', namespace: 'full', uid: 'uid-custom' },
            },
          },
        ]);
        expect(done).toMatchObject({
          web: 'failed',
          'web-set': 'created',
          'web-pod': 'its controller ReplicaSet web-set makes it again',
          'web-lock': 'it belonged to pod web-pod, which its controller makes again as another one',
          custom: 'failed',
          'of-custom': 'created',
        });
        expect((await get('replicaset', '-n', 'full', 'web-set')).metadata.ownerReferences).toBeUndefined();
      }, 60_000);

      it('leaves to a Deployment that was there what it makes, and brings all of a tree whose sets cannot be made', async () => {
        await create(namespace('there').object as object);
        await create(workload(deployment, ['there', 'web'], { spec: replicated('other') }).object as object);
        await create(namespace('bare').object as object);
        await create({
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name: 'none', namespace: 'bare' },
          spec: { hard: { 'count/deployments.apps': '0', 'count/replicasets.apps': '0' } },
        });
        expect(await fates('there', tree('there', 'web'))).toMatchObject({
          web: 'different',
          'web-set': 'its controller Deployment web makes it again',
          'web-pod': 'its controller ReplicaSet web-set makes it again',
        });
        expect(await fates('bare', tree('bare', 'db'))).toMatchObject({
          db: 'failed',
          'db-set': 'failed',
          'db-pod': 'created',
          'db-lock': 'created',
        });
      }, 60_000);

      it('brings the history of a Deployment, which can be rolled back, and Jobs that a person made from a CronJob', async () => {
        const cron = controllerOf('batch/v1', 'CronJob', 'nightly');
        const done = await fates('past', [
          namespace('past'),
          ...tree('past', 'web'),
          workload(replicaSet, ['past', 'web-old'], {
            owner: controllerOf('apps/v1', 'Deployment', 'web'),
            annotations: revision('1'),
            spec: replicated('old', 0),
          }),
          workload(['cronjobs.batch', 'batch/v1', 'CronJob'], ['past', 'nightly'], {
            spec: { schedule: '0 3 * * *', jobTemplate: { spec: once } },
          }),
          workload(job, ['past', 'nightly-29384720'], { owner: cron, spec: once }),
          workload(job, ['past', 'by-hand'], {
            owner: cron,
            annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
            spec: once,
          }),
          workload(pod, ['past', 'by-hand-pod'], {
            owner: controllerOf('batch/v1', 'Job', 'by-hand'),
            spec: running,
          }),
        ]);
        expect(done).toMatchObject({
          web: 'created',
          'web-set': 'its controller Deployment web makes it again',
          'web-old': 'created',
          'nightly-29384720': 'its controller CronJob nightly makes the next one at its time',
          'by-hand': 'created',
          'by-hand-pod': 'its controller Job by-hand makes it again',
        });
        const { uid } = (await get('deployment', '-n', 'past', 'web')).metadata;
        expect((await get('replicaset', '-n', 'past', 'web-old')).metadata.ownerReferences).toMatchObject([
          { kind: 'Deployment', uid, controller: true },
        ]);
        await cluster().kubectl('rollout', 'undo', 'deployment/web', '-n', 'past', '--to-revision=1');
        const { spec } = await get('deployment', '-n', 'past', 'web');
        expect(spec.template.spec.containers[0].image).toBe('old');

        // In the cluster it is its controller's.
        await cluster().kubectl('annotate', 'replicaset', 'web-old', '-n', 'past', 'of=cluster');
        const again = { backupName: 'past', existingResourcePolicy: 'update' } as const;
        await restore(rig.job(target, 'past-2', again));
        const old = (await rig.outcomes('past-2')).find((one) => one.name === 'web-old');
        expect(old).toMatchObject({ outcome: 'skipped', reason: 'its controller Deployment web keeps it' });
        expect((await get('replicaset', '-n', 'past', 'web-old')).metadata.annotations.of).toBe('cluster');
      }, 60_000);
    });

    it('runs nothing again that had ended, by its own table and by that of the request', async () => {
      const run = (plural: string, group: string, kind: string, name: string, status: object): TestItem => ({
        groupResource: `${plural}.${group}`,
        object: { apiVersion: `${group}/v1`, kind, metadata: { name, namespace: 'ci' }, status },
      });
      await rig.addBackup('ci', [
        namespace('ci'),
        definition('workflows', 'Workflow', 'argoproj.io', anything),
        definition('imports', 'Import', 'example.com', anything),
        run('workflows', 'argoproj.io', 'Workflow', 'ended', { phase: 'Succeeded' }),
        run('workflows', 'argoproj.io', 'Workflow', 'running', { phase: 'Running' }),
        run('imports', 'example.com', 'Import', 'done', { result: 'done' }),
        run('imports', 'example.com', 'Import', 'new', {}),
      ]);
      const finished = { 'imports.example.com': [{ path: 'status.result', values: ['done'] }] };
      const job = rig.job(target, 'ci-1', { backupName: 'ci' }, { transforms: { finished } });
      expect(await restore(job)).toMatchObject({ phase: 'Completed', counts: { skipped: 2 } });
      const names = async (resource: string) =>
        (await get(resource, '-n', 'ci')).items.map(({ metadata }: TestObject) => metadata.name);
      expect(await names('workflows.argoproj.io')).toEqual(['running']);
      expect(await names('imports.example.com')).toEqual(['new']);
    }, 60_000);

    it('keeps a clusterIP that someone chose where it is free, and says where it is not', async () => {
      const { spec } = await get('service', 'kubernetes', '-n', 'default');
      const range = spec.clusterIP.replace(/\d+$/, '');
      const service = (name: string, clusterIP: string, chosen = true): TestItem => ({
        groupResource: 'services',
        object: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: {
            name,
            namespace: 'fixed',
            managedFields: [
              {
                manager: 'kubectl-create',
                operation: 'Update',
                apiVersion: 'v1',
                fieldsType: 'FieldsV1',
                fieldsV1: { 'f:spec': { 'f:type': {}, ...(chosen && { 'f:clusterIP': {} }) } },
              },
            ],
          },
          spec: { clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80 }], selector: { app: 'web' } },
        },
      });
      await rig.addBackup('fixed', [
        namespace('fixed'),
        service('free', `${range}77`),
        service('given', `${range}78`, false),
        service('taken', spec.clusterIP),
        service('elsewhere', '172.31.255.9'),
      ]);
      const addresses = async () =>
        Object.fromEntries(
          (await get('services', '-n', 'fixed')).items.map((one: TestObject) => [
            one.metadata.name,
            one.spec.clusterIP,
          ]),
        );
      expect(await restore(rig.job(target, 'fixed-1', { backupName: 'fixed' }))).toMatchObject({
        phase: 'Completed',
        counts: { created: 5 },
      });
      const first = await addresses();
      expect(first.free).toBe(`${range}77`);
      expect(first.given).not.toBe(`${range}78`);
      expect(first.taken).not.toBe(spec.clusterIP);
      const reasons = new Map((await rig.outcomes('fixed-1')).map(({ name, reason }) => [name, reason]));
      expect(reasons.get('taken')).toMatch(/its clusterIP \S+ is taken or outside the range/);
      expect(reasons.get('elsewhere')).toMatch(/its clusterIP 172.31.255.9 is taken/);
      expect(reasons.get('free')).toBeUndefined();
      // Again: an address is no difference, and cannot be changed.
      const again = rig.job(target, 'fixed-2', { backupName: 'fixed', existingResourcePolicy: 'update' });
      expect(await restore(again)).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0 });
      expect(await addresses()).toEqual(first);
    }, 60_000);

    it('makes bare pods before LimitRanges and the default PriorityClass that are younger than they', async () => {
      await rig.addBackup('older', [
        namespace('older'),
        {
          groupResource: 'pods',
          object: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'bare', namespace: 'older' },
            spec: { priority: 0, containers: [{ name: 'a', image: 'a' }] },
          },
        },
        {
          groupResource: 'pods',
          object: {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'younger', namespace: 'older' },
            spec: { priorityClassName: 'usual', priority: 100, containers: [{ name: 'a', image: 'a' }] },
          },
        },
        {
          groupResource: 'limitranges',
          object: {
            apiVersion: 'v1',
            kind: 'LimitRange',
            metadata: { name: 'limits', namespace: 'older' },
            spec: { limits: [{ type: 'Container', default: { cpu: '1' }, max: { cpu: '2' } }] },
          },
        },
        {
          groupResource: 'priorityclasses.scheduling.k8s.io',
          object: {
            apiVersion: 'scheduling.k8s.io/v1',
            kind: 'PriorityClass',
            metadata: { name: 'usual' },
            value: 100,
            globalDefault: true,
          },
        },
      ]);
      const result = await restore(rig.job(target, 'older-1', { backupName: 'older' }));
      expect((await rig.results('older-1')).errors).toEqual({});
      expect(result.counts).toEqual({ created: 5 });
      const { spec } = await get('pod', '-n', 'older', 'bare');
      expect(spec.containers[0].resources).toEqual({});
      expect(spec.priorityClassName).toBeUndefined();
      const younger = (await get('pod', '-n', 'older', 'younger')).spec;
      expect(younger.priority).toBe(100);
      expect(younger.containers[0].resources).toEqual({});
      expect((await get('priorityclass', 'usual')).globalDefault).toBe(true);
    }, 60_000);
  },
  { extraApiServerFlags: [allApis, '--feature-gates=AllAlpha=true,AllBeta=true'] },
);

for (const choice of ['old', 'bridge'] satisfies RealClusterChoice[]) {
  describeWithRealCluster(
    `a cluster of the ${choice} generation`,
    (cluster) => {
      it('serves no kind that the table of built-in kinds does not know', async () => {
        const target = await connectTo(cluster().kubeconfig);
        expect(await unknownTo(target)).toEqual([]);
        target.close();
      });
    },
    { choice, extraApiServerFlags: [allApis] },
  );
}
