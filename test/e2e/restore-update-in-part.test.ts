import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { connectTo, RestoreRig, type TestObject } from '../shared/operations/restore/restore-rig';

const namespace = 'parts';

function pod(more: object = {}, spec: object = {}) {
  return {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web:1', ...more }], ...spec },
  };
}
function workload(kind: string, name: string, spec: object): TestObject {
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { app: 'web' } }, template: pod(), ...spec },
  };
}
const core = (kind: string, name: string, fields: object): TestObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace },
  ...fields,
});
const labelled = (object: TestObject): TestObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { new: 'yes' } },
});

describeWithRealCluster('an update or merge of what exists', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
    await cluster().create(
      JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }),
    );
  });
  afterAll(() => target?.close());

  async function restored(
    policy: 'update' | 'merge',
    groupResource: string,
    [present, archived]: [TestObject, TestObject],
  ) {
    const { name } = present.metadata;
    await cluster().create(JSON.stringify(present));
    await rig.addBackup(`b-${name}`, [{ groupResource, object: archived }]);
    const result = await restore(
      rig.job(target, `r-${name}`, { backupName: `b-${name}` }, { conflicts: { policy } }),
      { termination: 0, poll: 50 },
    );
    const live: TestObject = JSON.parse(
      await cluster().kubectl('get', groupResource, name, '-n', namespace, '-o', 'json'),
    );
    const outcome = (await rig.outcomes(`r-${name}`)).find((one) => one.name === name)!;
    return { result, live, outcome };
  }

  it('sends all but the immutable field of a StatefulSet, and names it', async () => {
    const { live, outcome, result } = await restored('update', 'statefulsets.apps', [
      workload('StatefulSet', 'db', { serviceName: 'one' }),
      workload('StatefulSet', 'db', { serviceName: 'two', replicas: 3, template: pod({ image: 'web:2' }) }),
    ]);

    expect(live.spec).toMatchObject({ serviceName: 'one', replicas: 3 });
    expect(live.spec.template.spec.containers[0].image).toBe('web:2');
    expect(outcome.outcome).toBe('different');
    expect(outcome.reason).toContain('spec.serviceName could not be updated');
    expect(result.warnings).toBeGreaterThan(0);
  });

  it('sends the labels and the size of a claim whose spec is refused as a whole', async () => {
    const spec = (mode: string) => ({
      accessModes: [mode],
      resources: { requests: { storage: '1Gi' } },
      volumeMode: 'Filesystem',
      storageClassName: 'none',
    });
    const { live, outcome } = await restored('update', 'persistentvolumeclaims', [
      core('PersistentVolumeClaim', 'disk', { spec: spec('ReadWriteOnce') }),
      labelled(core('PersistentVolumeClaim', 'disk', { spec: spec('ReadWriteMany') })),
    ]);

    expect(live.spec.accessModes).toEqual(['ReadWriteOnce']);
    expect(live.metadata.labels.new).toBe('yes');
    expect(outcome).toMatchObject({
      outcome: 'different',
      reason: expect.stringContaining('spec.accessModes'),
    });
  });

  it('follows a selector that cannot be changed, and the labels of the template with it', async () => {
    const changed = workload('Deployment', 'web', { replicas: 4 });
    changed.spec.selector = { matchLabels: { app: 'other' } };
    changed.spec.template = { ...pod(), metadata: { labels: { app: 'other' } } };
    const { live, outcome } = await restored('update', 'deployments.apps', [
      workload('Deployment', 'web', {}),
      changed,
    ]);

    expect(live.spec).toMatchObject({ replicas: 4, selector: { matchLabels: { app: 'web' } } });
    expect(outcome.outcome).toBe('different');
  });

  it('changes the labels of an immutable Secret, and shows none of its values', async () => {
    const secret = (value: string) => core('Secret', 'fixed', { immutable: true, data: { key: value } });
    const { live, outcome } = await restored('update', 'secrets', [
      secret('b2xk'),
      labelled(secret('c2VjcmV0')),
    ]);

    expect(live).toMatchObject({ data: { key: 'b2xk' }, metadata: { labels: { new: 'yes' } } });
    expect(outcome.reason).toContain('data');
    expect(JSON.stringify(outcome)).not.toContain('c2VjcmV0');
  });

  it('leaves an immutable Secret without the labels of the restore where nothing else could be changed', async () => {
    const secret = (value: string) =>
      core('Secret', 'whole', { type: 'Opaque', immutable: true, data: { key: value } });
    const { live, outcome } = await restored('update', 'secrets', [secret('b2xk'), secret('c2VjcmV0')]);

    expect(live.metadata.labels).toBeUndefined();
    expect(outcome).toMatchObject({ outcome: 'different', reason: expect.stringContaining('data') });
  });

  it.each(['update', 'merge'] as const)('sets keys that are names of JavaScript under %s', async (policy) => {
    const name = `keys-${policy}`;
    const archived = core('ConfigMap', name, { data: JSON.parse('{"__proto__":"1","valueOf":"2","a":"3"}') });
    const present = core('ConfigMap', name, {
      data: JSON.parse('{"constructor":"x","toString":"y","hasOwnProperty":"z"}'),
    });
    const { live, outcome } = await restored(policy, 'configmaps', [present, archived]);

    const kept = policy === 'merge' ? ['constructor', 'hasOwnProperty', 'toString'] : [];
    expect(outcome.outcome).toBe('updated');
    expect(Object.keys(live.data).sort()).toEqual(['__proto__', 'a', 'valueOf', ...kept].sort());
  });

  it('merges a Deployment whose volume, variable, probe, strategy and port are of another sort', async () => {
    const present = workload('Deployment', 'merged', {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2 } },
      template: pod(
        {
          env: [
            { name: 'A', value: 'a' },
            { name: 'T', value: 'theirs' },
          ],
          ports: [{ name: 'http', containerPort: 80 }],
          livenessProbe: { exec: { command: ['true'] } },
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        },
        { volumes: [{ name: 'v', emptyDir: {} }] },
      ),
    });
    const archived = workload('Deployment', 'merged', {
      strategy: { type: 'Recreate' },
      template: pod(
        {
          env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
          ports: [{ name: 'http', containerPort: 8080 }],
          livenessProbe: { tcpSocket: { port: 'http' } },
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        },
        { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
      ),
    });
    const { live, outcome } = await restored('merge', 'deployments.apps', [present, archived]);
    const [container] = live.spec.template.spec.containers;

    expect(outcome).toMatchObject({ outcome: 'updated' });
    expect(live.spec.strategy).toEqual({ type: 'Recreate' });
    expect(live.spec.template.spec.volumes).toEqual([
      { name: 'v', configMap: expect.objectContaining({ name: 'c' }) },
    ]);
    expect(container.env.map(({ name }: { name: string }) => name).sort()).toEqual(['A', 'T']);
    expect(container.ports).toEqual([{ name: 'http', containerPort: 8080, protocol: 'TCP' }]);
    expect(Object.keys(container.livenessProbe)).not.toContain('exec');
  });
});
