import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestObject } from '../shared/operations/restore/restore-rig';

const hasty = { refusals: 1_500, termination: 1_500, poll: 100 };
const generation = 'v1.14.0-kubernetes-v1.20.2';

/** The namespace that each backup is restored to; the first brings the cluster-scoped objects. */
const backups = { 'legacy-all': 'legacy', legacy: 'legacy-again', 'legacy-versions': 'legacy-versions' };

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

/** Kinds of the archive that today's Kubernetes serves in another version only. */
const converted: Record<string, string> = {
  [definitions]: 'apiextensions.k8s.io/v1beta1 → apiextensions.k8s.io/v1',
  'cronjobs.batch': 'batch/v1beta1 → batch/v1',
  'poddisruptionbudgets.policy': 'policy/v1beta1 → policy/v1',
  'endpointslices.discovery.k8s.io': 'discovery.k8s.io/v1beta1 → discovery.k8s.io/v1',
  'flowschemas.flowcontrol.apiserver.k8s.io':
    'flowcontrol.apiserver.k8s.io/v1beta1 → flowcontrol.apiserver.k8s.io/v1',
};

describeWithRealCluster('what Velero backed up on Kubernetes v1.20.2, restored on the newest', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  const outcomes: Record<string, ObjectOutcome[]> = {};
  const live = async (namespace: string, resource: string, name: string): Promise<TestObject> =>
    JSON.parse(await cluster().kubectl('get', '-n', namespace, resource, name, '-o', 'json'));

  beforeAll(async () => {
    await rig.addFixture(generation);
    target = await connectTo(cluster().kubeconfig);
    for (const [backup, namespace] of Object.entries(backups)) {
      const spec = { backupName: backup, namespaceMapping: { legacy: namespace } };
      const result = await restore(rig.job(target, `${backup}-1`, spec), hasty);
      expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
      outcomes[backup] = await rig.outcomes(`${backup}-1`);
    }
  }, 180_000);
  afterAll(() => target?.close());

  it.each(Object.keys(backups))('lists every conversion of %s, and makes no other', (backup) => {
    const made = outcomes[backup]!.filter(({ outcome }) => outcome === 'created');
    expect(made.length).toBeGreaterThan(8);
    for (const { groupResource, name, reason } of made) {
      // Velero stores some definitions in v1beta1, whatever the cluster prefers: those that v1 could not create.
      const isWholesome = name !== 'gadgets.legacy.example.com' && groupResource === definitions;
      expect(reason).toBe(isWholesome ? undefined : converted[groupResource]);
    }
    const kinds = new Set(made.map(({ groupResource }) => groupResource));
    expect(kinds).toContain('cronjobs.batch');
    expect(kinds).toContain('poddisruptionbudgets.policy');
    expect(kinds).toContain('endpointslices.discovery.k8s.io');
    expect(kinds.has('flowschemas.flowcontrol.apiserver.k8s.io')).toBe(backup === 'legacy-all');
  });

  it.each(Object.entries(backups))('applies the Ingress of %s once', async (backup, namespace) => {
    const ingresses = outcomes[backup]!.filter(({ kind }) => kind === 'Ingress');
    expect(ingresses.map(({ groupResource, outcome }) => [groupResource, outcome]).sort()).toEqual([
      ['ingresses.extensions', 'skipped'],
      ['ingresses.networking.k8s.io', 'created'],
    ]);
    const { spec } = await live(namespace, 'ingress', 'web');
    expect(spec.defaultBackend).toEqual({ service: { name: 'web', port: { name: 'http' } } });
    expect(spec.rules[0].http.paths).toEqual([
      { path: '/x', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } },
      { pathType: 'ImplementationSpecific', backend: { service: { name: 'web', port: { name: 'http' } } } },
    ]);
  });

  it.each(Object.values(backups))('keeps what the objects in %s mean', async (namespace) => {
    const budget = await live(namespace, 'poddisruptionbudgets', 'none');
    // As empty as it was in v1beta1: no pod matches.
    expect(budget.spec.selector.matchExpressions).toEqual([
      { key: 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match', operator: 'Exists' },
    ]);
    const slice = await live(namespace, 'endpointslices', 'outside');
    expect(slice.endpoints[0]).toMatchObject({ addresses: ['192.0.2.20'], zone: 'a' });
    expect((await live(namespace, 'cronjobs', 'tick')).spec).toMatchObject({
      schedule: '*/5 * * * *',
      suspend: true,
    });
    const autoscaler = await live(namespace, 'horizontalpodautoscalers', 'web');
    expect(autoscaler.spec.metrics).toEqual([
      {
        type: 'External',
        external: {
          metric: { name: 'queue', selector: { matchLabels: { q: 'a' } } },
          target: { type: 'AverageValue', averageValue: '30' },
        },
      },
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
      },
    ]);
  });

  it('makes the definition that preserved unknown fields one that still does', async () => {
    const definition = await live('', 'customresourcedefinitions', 'gadgets.legacy.example.com');
    expect(definition.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Established', status: 'True' }),
    );
    const broken = definition.status.conditions.filter(
      ({ type }: TestObject) => type === 'NonStructuralSchema',
    );
    expect(broken).toEqual([]);
    await cluster().create(
      JSON.stringify({
        apiVersion: 'legacy.example.com/v1',
        kind: 'Gadget',
        metadata: { name: 'unknown', namespace: 'legacy' },
        spec: { size: 1, color: { deep: ['red'] } },
        other: true,
      }),
    );
    const gadget = await live('legacy', 'gadgets', 'unknown');
    expect(gadget.spec).toEqual({ size: 1, color: { deep: ['red'] } });
    expect(gadget.other).toBe(true);
  });

  it('says what to use instead of a kind that is gone', async () => {
    const policy = outcomes['legacy-all']!.find(({ kind }) => kind === 'PodSecurityPolicy');
    expect(policy).toMatchObject({ outcome: 'skipped' });
    expect(policy?.reason).toContain('pod-security.kubernetes.io/enforce');
    const { warnings } = await rig.results('legacy-all-1');
    expect(JSON.stringify(warnings)).toContain('legacy-restricted');
  });
});
