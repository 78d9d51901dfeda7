import { beforeAll, describe, expect, it } from '@jest/globals';
import { activate } from '../../shared/operations/restore/passive/activate';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { heldLease, type TestObject } from '../shared/operations/restore/restore-rig';
import { fixtureBackup } from './restore-fixtures/fixture-backup';
import { describePlans } from './restore-plan/plan-suite';

describePlans('what it changes on the way', (one, { rig, target, get, planAndRestore }) => {
  const { choice, generation, backup, everything, namespace, jobs, service, naming } = one;
  describe('with every transform of a real backup at once', () => {
    const place = `${namespace}-moved`;
    const jobsPlace = `${jobs}-moved`;
    let planned: ObjectOutcome[];
    beforeAll(async () => {
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
            // A mapping that matches nothing in the backup would end the restore.
            ...(choice === 'current'
              ? {
                  images: { 'test.local': 'mirror.example.com/test' },
                  storageClasses: {
                    disk: { to: 'essd', minimumSize: '20Gi', accessModes: ['ReadWriteMany'] },
                  },
                }
              : { images: { 'registry.example.com': 'mirror.example.com/web' } }),
            replicasToZero: true,
            labels: { moved: 'yes' },
            annotations: { 'example.com/why': 'a test' },
            resourceModifiers: {
              version: 'v1',
              resourceModifierRules: [
                {
                  conditions: { groupResource: 'configmaps', namespaces: [namespace] },
                  mergePatches: [{ patchData: 'metadata:\n  annotations:\n    example.com/patched: "1"\n' }],
                },
                {
                  conditions: { groupResource: 'deployments.apps' },
                  strategicPatches: [{ patchData: '{"spec":{"minReadySeconds":7}}' }],
                },
              ],
            },
          },
        },
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
      await planAndRestore(place, spec, { transforms: { mapEnvironment } });
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
    const { outcomes } = await planAndRestore('standby', spec, { transforms });
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
    const shown = await activate(target(), { signal, dryRun: true });
    expect(active((await get(kinds, '-n', place)).items)).toEqual([]);
    expect(await clocksAndDoors()).toEqual(standing);
    const activated = await activate(target(), { signal });
    expect(activated).toEqual(shown);
    expect(activated.length).toBeGreaterThan(0);
    expect(activated.filter(({ outcome }) => outcome !== 'activated')).toEqual([]);
    expect(await clocksAndDoors()).toEqual({ suspended: [false], type: 'LoadBalancer' });
    const running = (await get(kinds, '-n', place)).items as TestObject[];
    const { items } = await fixtureBackup(generation, backup);
    const original = [...items.values()]
      .filter(({ object }) => object.metadata.namespace === namespace)
      .filter(({ groupResource }) => kinds.split(',').includes(groupResource.split('.')[0]!));
    expect(running.map(essence).sort()).toEqual(original.map(({ object }) => essence(object)).sort());
    expect(await activate(target(), { signal })).toEqual([]);
  });
});

/** What a standby changes of a workload, and what it is called. */
function essence({ kind, metadata, spec: { replicas, scaleTargetRef } }: TestObject): string {
  return JSON.stringify([kind, metadata.name, replicas, scaleTargetRef?.kind, scaleTargetRef?.name]);
}
