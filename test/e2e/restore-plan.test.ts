import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BareApi, bareApi } from '../../local/proof/bare-api';
import { takeSnapshot } from '../../local/proof/snapshot';
import type { Cluster } from '../../shared/cluster/port';
import type { RestoreRequest, RunResult } from '../../shared/manifests/run';
import type { RestoreSpec } from '../../shared/manifests/velero';
import { activate } from '../../shared/restore/passive/activate';
import { actionOf, plannedObject } from '../../shared/restore/plan/planned-object';
import { type Rehearsal, rehearse } from '../../shared/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../shared/restore/report/outcome';
import { restore } from '../../shared/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, heldLease, RestoreRig, type TestObject } from '../shared/restore/restore-rig';
import { fixtureBackup } from './restore-fixtures/fixture-backup';

/**
 * What becomes of an object. The default account of a new namespace is there whoever makes it first, the restore or the
 * controller.
 */
function becomes({ groupResource, name, outcome }: ObjectOutcome): string {
  const action = actionOf(outcome);
  const isDefault = groupResource === 'serviceaccounts' && name === 'default';
  return isDefault && (action === 'create' || action === 'same') ? 'there' : action;
}

const hasty = { refusals: 1_000, termination: 1_000, poll: 100 };
const hashKey = randomBytes(32);

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

for (const one of generations) {
  const { choice, generation, backup, everything, namespace, jobs, service, naming } = one;
  describeWithRealCluster(
    `the plan of a restore of Velero's backups of ${generation}`,
    (cluster) => {
      const rig = new RestoreRig();
      let target: Cluster;
      let api: BareApi;
      beforeAll(async () => {
        await rig.addFixture(generation);
        target = await connectTo(cluster().kubeconfig);
        api = bareApi(cluster().kubeconfig);
        // Controllers of a new cluster publish their things in its first moments.
        for (let last = ''; ; ) {
          const now = (await versions()).join('\n');
          if (now === last && now.includes('kube-root-ca.crt')) break;
          last = now;
          await new Promise((resolve) => setTimeout(resolve, 700));
        }
      }, 60_000);
      afterAll(() => {
        target?.close();
        api?.agent.destroy();
      });

      const get = async (...parameters: string[]): Promise<TestObject> =>
        JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));

      /** Everything that a restore could change, but for what controllers write all the time. */
      async function versions(): Promise<string[]> {
        const seen = await takeSnapshot(api);
        return [...seen]
          .filter(([key]) => !/^(leases|events|endpointslices|endpoints)\b/.test(key))
          .map(([key, { metadata }]) => `${key} ${metadata.uid} ${metadata.resourceVersion}`)
          .sort();
      }

      interface Played {
        planned: ObjectOutcome[];
        outcomes: ObjectOutcome[];
        rehearsal: Rehearsal;
        result: RunResult;
      }

      /** Plans and then does it: what was planned has to be what became of it. */
      async function planAndRestore(
        name: string,
        spec: RestoreSpec,
        more: Pick<RestoreRequest, 'transforms' | 'conflicts'> = {},
        { quiet = true } = {},
      ): Promise<Played> {
        const job = rig.job(target, name, spec, { allowEmptyVolumes: true, ...more });
        const planned: ObjectOutcome[] = [];
        const before = quiet ? await versions() : [];
        const rehearsal = await rehearse(job, { hashKey, heard: (one) => planned.push(one) });
        if (quiet) expect(await versions()).toEqual(before);
        const result = await restore(job, hasty);
        const outcomes = await rig.outcomes(name);
        const line = (one: ObjectOutcome) =>
          `${one.apiVersion} ${one.groupResource} ${one.namespace ?? ''}/${one.name}: ${becomes(one)}`;
        expect(planned.map(line).sort()).toEqual(outcomes.map(line).sort());
        return { planned, outcomes, rehearsal, result };
      }

      it('is what becomes of every object of a whole cluster, and changes nothing', async () => {
        const { planned } = await planAndRestore('whole', { backupName: everything });
        expect(planned.length).toBeGreaterThan(50);
        expect(planned.filter(({ outcome }) => outcome === 'created').length).toBeGreaterThan(10);
        const secret = planned.find(({ groupResource }) => groupResource === 'secrets');
        expect(secret).toBeDefined();
      });

      it('says what is the same, what differs, and what an update changes, and hides what is secret', async () => {
        await cluster().kubectl(
          'create',
          'secret',
          'generic',
          'planned',
          '-n',
          namespace,
          '--from-literal=password=before-it-all',
        );
        const secret = await get('secret', 'planned', '-n', namespace);
        const archived = { ...secret, data: { password: Buffer.from('after-it-all').toString('base64') } };
        const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'planned', namespace } };
        await rig.addBackup('changed', [
          { groupResource: 'secrets', object: archived as TestObject },
          { groupResource: 'configmaps', object: { ...settings, data: { a: '2' } } },
        ]);
        await cluster().kubectl('create', 'configmap', 'planned', '-n', namespace, '--from-literal=a=1');
        const spec = { backupName: 'changed', includedNamespaces: [namespace] };
        const left = await planAndRestore('left', spec, {}, { quiet: false });
        expect(left.outcomes.map(({ outcome }) => outcome).sort()).toEqual([
          'different',
          'different',
          'same',
        ]);
        const updated = await planAndRestore(
          'updated',
          { ...spec, existingResourcePolicy: 'update' },
          {},
          { quiet: false },
        );
        const changes = (groupResource: string) =>
          updated.planned.find((one) => one.groupResource === groupResource)?.diff;
        expect(changes('configmaps')).toEqual([{ path: 'data.a', from: '1', to: '2' }]);
        expect(changes('secrets')).toEqual([
          {
            path: 'data.password',
            from: expect.stringMatching(/^hidden [0-9a-f]{12}$/),
            to: expect.stringMatching(/^hidden [0-9a-f]{12}$/),
          },
        ]);
        expect((await get('configmap', 'planned', '-n', namespace)).data).toEqual({ a: '2' });
      });

      describe('with every transform of a real backup at once', () => {
        const place = `${namespace}-moved`;
        const jobsPlace = `${jobs}-moved`;
        let planned: ObjectOutcome[];
        beforeAll(async () => {
          // They are there already, and would be left alone.
          await cluster().kubectl('delete', ...naming, '--ignore-not-found');
          ({ planned } = await planAndRestore(
            'moved',
            {
              backupName: everything,
              includedNamespaces: [...new Set([namespace, jobs])],
              excludedResources: ['persistentvolumes'],
              includeClusterResources: true,
              namespaceMapping: { [namespace]: place, [jobs]: jobsPlace },
            },
            {
              transforms: {
                images: {
                  'test.local': 'mirror.example.com/test',
                  'registry.example.com': 'mirror.example.com/web',
                },
                replicasToZero: true,
                storageClasses: { disk: { to: 'essd', minimumSize: '20Gi', accessModes: ['ReadWriteMany'] } },
                labels: { moved: 'yes' },
                annotations: { 'example.com/why': 'a test' },
                resourceModifiers: {
                  version: 'v1',
                  resourceModifierRules: [
                    {
                      conditions: { groupResource: 'configmaps', namespaces: [namespace] },
                      mergePatches: [
                        { patchData: 'metadata:\n  annotations:\n    example.com/patched: "1"\n' },
                      ],
                    },
                    {
                      conditions: { groupResource: 'deployments.apps' },
                      strategicPatches: [{ patchData: '{"spec":{"minReadySeconds":7}}' }],
                    },
                  ],
                },
              },
            },
            { quiet: false },
          ));
        }, 60_000);

        const moved = async (kinds: string, from = place): Promise<TestObject[]> => {
          const { items } = await get(kinds, '-n', from);
          expect(items.length).toBeGreaterThan(0);
          return items;
        };

        it('shows each as a change of its own', () => {
          const stages = new Set(planned.flatMap(({ changes = [] }) => changes.map(({ by }) => by)));
          for (const stage of [
            'namespace',
            'images',
            'replicas',
            'labels and annotations',
            'resource modifiers',
          ]) {
            expect(stages).toContain(stage);
          }
          expect(stages.has('storage class')).toBe(choice === 'current');
        });

        it('takes every image of its workloads and clocks from the mapped registry', async () => {
          const pods = [
            ...(await moved('deployments,statefulsets,replicasets')).map(({ spec }) => spec.template.spec),
            ...(await moved('cronjobs', jobsPlace)).map(({ spec }) => spec.jobTemplate.spec.template.spec),
          ];
          const images = pods.flatMap(({ initContainers = [], containers }) =>
            [...initContainers, ...containers].map(({ image }: { image: string }) => image),
          );
          expect([...new Set(images)].sort()).toEqual(
            choice === 'current'
              ? ['mirror.example.com/test/tools:1']
              : ['mirror.example.com/web/c:1', 'mirror.example.com/web/web:1'],
          );
        });

        it('brings workloads without replicas', async () => {
          const workloads = await moved('deployments,statefulsets,replicasets');
          expect(workloads.filter(({ spec }) => spec.replicas !== 0)).toEqual([]);
        });

        it('brings claims of the mapped storage class, with its size and access modes', async () => {
          const claims = (await get('persistentvolumeclaims', '-n', place)).items as TestObject[];
          // Only the newer backup has one.
          expect(claims.length).toBe(choice === 'current' ? 1 : 0);
          for (const { spec } of claims) {
            expect(spec).toMatchObject({ storageClassName: 'essd', accessModes: ['ReadWriteMany'] });
            expect(spec.resources.requests).toEqual({ storage: '20Gi' });
          }
        });

        it('names the mapped namespace in subjects of RBAC and backends of webhooks', async () => {
          const bindings = await moved('rolebindings');
          const global = await Promise.all(naming.map((name) => get(name)));
          for (const { subjects = [], webhooks = [] } of [...bindings, ...global]) {
            const named = [...subjects, ...webhooks.map((one: TestObject) => one.clientConfig.service)];
            expect(named.map((one) => one.namespace)).toEqual([place]);
          }
        });

        it('adds its labels and annotations', async () => {
          for (const { metadata } of await moved('deployments,services,rolebindings')) {
            expect(metadata.labels).toMatchObject({ moved: 'yes' });
            expect(metadata.annotations).toMatchObject({ 'example.com/why': 'a test' });
          }
        });

        it("applies Velero's resource modifiers", async () => {
          for (const { spec } of await moved('deployments')) expect(spec.minReadySeconds).toBe(7);
          const settings = await get('configmap', 'settings', '-n', place);
          expect(settings.metadata.annotations).toMatchObject({ 'example.com/patched': '1' });
        });
      });

      it('maps the namespace in the environment of its Deployment only when asked', async () => {
        const { items } = await fixtureBackup(generation, everything);
        const object: TestObject = structuredClone(items.get(`deployments.apps ${namespace}/web`)!.object);
        // Nothing that Velero saved here names a namespace in a value.
        object.spec.template.spec.containers[0].env = [
          { name: 'OWN', value: namespace },
          { name: 'DATABASE', value: `tcp://db.${namespace}.svc.cluster.local:5432/${namespace}` },
        ];
        await rig.addBackup('environment', [{ groupResource: 'deployments.apps', object }]);
        for (const mapEnvironment of [true, false]) {
          const place = `${namespace}-environment-${mapEnvironment}`;
          const spec = { backupName: 'environment', namespaceMapping: { [namespace]: place } };
          await planAndRestore(place, spec, { transforms: { mapEnvironment } }, { quiet: false });
          const { env } = (await get('deployment', 'web', '-n', place)).spec.template.spec.containers[0];
          const named = mapEnvironment ? place : namespace;
          expect(env).toEqual([
            { name: 'OWN', value: named },
            { name: 'DATABASE', value: `tcp://db.${named}.svc.cluster.local:5432/${namespace}` },
          ]);
        }
      });

      it('holds a passive standby back, and lets it go exactly, once', async () => {
        const place = `${namespace}-standby`;
        const jobsPlace = `${jobs}-standby`;
        const spec = {
          backupName: backup,
          includedNamespaces: [...new Set([namespace, jobs])],
          namespaceMapping: { [namespace]: place, [jobs]: jobsPlace },
        };
        // The backups hold no load balancer, and clocks that stand still already.
        const resourceModifiers = {
          version: 'v1' as const,
          resourceModifierRules: [
            {
              conditions: { groupResource: 'services', resourceNameRegex: `^${service}$` },
              mergePatches: [{ patchData: 'spec: {type: LoadBalancer}' }],
            },
            {
              conditions: { groupResource: 'cronjobs.batch' },
              mergePatches: [{ patchData: 'spec: {suspend: false}' }],
            },
          ],
        };
        const transforms = { passive: true, resourceModifiers };
        const { outcomes } = await planAndRestore('standby', spec, { transforms }, { quiet: false });
        const kinds = 'deployments,statefulsets,horizontalpodautoscalers';
        const active = (items: TestObject[]) =>
          items.filter(({ kind, spec: { replicas, scaleTargetRef } }) =>
            kind === 'HorizontalPodAutoscaler' ? !/^passive-/.test(scaleTargetRef.name) : replicas !== 0,
          );
        const clocksAndDoors = async () => {
          const clocks = (await get('cronjobs', '-n', jobsPlace)).items as TestObject[];
          const door = await get('service', service, '-n', place);
          return { suspended: clocks.map((clock) => clock.spec.suspend), type: door.spec.type };
        };
        const standing = { suspended: [true], type: 'ClusterIP' };
        expect(active((await get(kinds, '-n', place)).items)).toEqual([]);
        expect(await clocksAndDoors()).toEqual(standing);
        // Only the newer backup has a volume.
        const volumes = outcomes.filter(({ groupResource }) => groupResource === 'persistentvolumes');
        expect(volumes.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual(
          choice === 'current' ? ['skipped: a passive restore takes no storage of another cluster'] : [],
        );
        const { signal } = heldLease();
        const shown = await activate(target, { signal, dryRun: true });
        expect(active((await get(kinds, '-n', place)).items)).toEqual([]);
        expect(await clocksAndDoors()).toEqual(standing);
        const activated = await activate(target, { signal });
        expect(activated).toEqual(shown);
        expect(activated.length).toBeGreaterThan(0);
        expect(activated.filter(({ outcome }) => outcome !== 'activated')).toEqual([]);
        expect(await clocksAndDoors()).toEqual({ suspended: [false], type: 'LoadBalancer' });
        const running = (await get(kinds, '-n', place)).items as TestObject[];
        const original = (await get(kinds, '-n', namespace)).items as TestObject[];
        const essence = ({ kind, metadata, spec: { replicas, scaleTargetRef } }: TestObject) => ({
          kind,
          name: metadata.name,
          replicas,
          scaleTargetRef,
        });
        expect(running.map(essence)).toEqual(original.map(essence));
        expect(await activate(target, { signal })).toEqual([]);
      });

      it('foresees what would go wrong', async () => {
        const inShop = { namespace };
        await cluster().kubectl(
          'create',
          'service',
          'nodeport',
          'taker',
          '-n',
          'default',
          '--tcp=80:80',
          '--node-port=30777',
        );
        await cluster().kubectl('create', 'quota', 'tight', '-n', namespace, '--hard=count/configmaps=1');
        await cluster().kubectl(
          'create',
          'deployment',
          'stuck',
          '-n',
          namespace,
          '--image=example.com/x:1',
          '--replicas=0',
        );
        const stuck = await get('deployment', 'stuck', '-n', namespace);
        await rig.addBackup('troubled', [
          {
            groupResource: 'deployments.apps',
            object: {
              ...stuck,
              spec: {
                ...stuck.spec,
                selector: { matchLabels: { app: 'other' } },
                template: { ...stuck.spec.template, metadata: { labels: { app: 'other' } } },
              },
            },
          },
          {
            groupResource: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
            object: {
              apiVersion: 'admissionregistration.k8s.io/v1',
              kind: 'ValidatingWebhookConfiguration',
              metadata: { name: 'lonely' },
              webhooks: [
                {
                  name: 'lonely.example.com',
                  clientConfig: { service: { namespace, name: 'not-there' } },
                  rules: [
                    {
                      apiGroups: ['nothing.example.com'],
                      apiVersions: ['*'],
                      operations: ['*'],
                      resources: ['*'],
                    },
                  ],
                  failurePolicy: 'Fail',
                  sideEffects: 'None',
                  admissionReviewVersions: ['v1'],
                },
              ],
            },
          },
          {
            groupResource: 'services',
            object: {
              apiVersion: 'v1',
              kind: 'Service',
              metadata: {
                name: 'wants-port',
                ...inShop,
                annotations: {
                  'kubectl.kubernetes.io/last-applied-configuration':
                    '{"spec":{"ports":[{"port":80,"nodePort":30777}]}}',
                },
              },
              spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30777, protocol: 'TCP' }] },
            },
          },
          {
            groupResource: 'strangers.nowhere.example.com',
            object: {
              apiVersion: 'nowhere.example.com/v1',
              kind: 'Stranger',
              metadata: { name: 'a', ...inShop },
            },
          },
          {
            groupResource: 'persistentvolumeclaims',
            object: {
              apiVersion: 'v1',
              kind: 'PersistentVolumeClaim',
              metadata: { name: 'unclassed', ...inShop },
              spec: {
                accessModes: ['ReadWriteOnce'],
                storageClassName: 'nowhere',
                resources: { requests: { storage: '1Gi' } },
              },
            },
          },
          {
            groupResource: 'configmaps',
            object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one-more', ...inShop } },
          },
        ]);
        const { rehearsal } = await planAndRestore(
          'troubled',
          { backupName: 'troubled', includedNamespaces: [namespace], includeClusterResources: true },
          { conflicts: { policy: 'update' } },
          { quiet: false },
        );
        expect(rehearsal.problems.map(({ kind }) => kind)).toEqual([
          'immutable-field',
          'missing-crd',
          'node-port-taken',
          'quota-too-small',
          'storage-class-absent',
          'webhook-without-backend',
        ]);
      });

      it('is kept to by a restore, which leaves alone what has drifted, or stops', async () => {
        const map = (name: string, a: string) => ({
          groupResource: 'configmaps',
          object: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name, namespace: 'default' },
            data: { a },
          },
        });
        await rig.addBackup('kept', [map('steady', 'new'), map('drifts', 'new'), map('appears', 'new')]);
        for (const name of ['steady', 'drifts']) {
          await cluster().kubectl('create', 'configmap', name, '-n', 'default', '--from-literal=a=old');
        }
        const spec = {
          backupName: 'kept',
          includedNamespaces: ['default'],
          existingResourcePolicy: 'update' as const,
        };
        const objects: ReturnType<typeof plannedObject>[] = [];
        await rehearse(rig.job(target, 'kept', spec), {
          hashKey,
          heard: (one) => objects.push(plannedObject(one)),
        });
        await cluster().kubectl('create', 'configmap', 'appears', '-n', 'default', '--from-literal=a=mine');
        await cluster().kubectl(
          'patch',
          'configmap',
          'drifts',
          '-n',
          'default',
          '--type=merge',
          '-p',
          '{"data":{"b":"mine"}}',
        );
        const data = async (name: string) => (await get('configmap', name, '-n', 'default')).data;

        const strict = { ...rig.job(target, 'strict', spec), plan: { objects, hashKey, failOnDrift: true } };
        const stopped = await restore(strict, hasty);
        expect(stopped).toMatchObject({
          phase: 'Failed',
          reason: expect.stringContaining('configmaps default/appears'),
        });
        expect(await data('steady')).toEqual({ a: 'old' });

        const lenient = {
          ...rig.job(target, 'lenient', spec),
          plan: { objects, hashKey, failOnDrift: false },
        };
        expect(await restore(lenient, hasty)).toMatchObject({
          phase: 'Completed',
          counts: { drifted: 2, updated: 1 },
        });
        expect(await data('steady')).toEqual({ a: 'new' });
        expect(await data('drifts')).toEqual({ a: 'old', b: 'mine' });
        expect(await data('appears')).toEqual({ a: 'mine' });
      });
    },
    { choice },
  );
}
