import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { RestoreRequest } from '../../shared/formats/manifests/run';
import type { RestoreSpec } from '../../shared/formats/manifests/velero';
import { backUp } from '../../shared/operations/backup/back-up';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { BackupRig } from '../shared/operations/backup/backup-rig';
import { connectTo, RestoreRig } from '../shared/operations/restore/restore-rig';

const application = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: services.serving.knative.dev}
spec:
  group: serving.knative.dev
  scope: Namespaced
  names: {plural: services, singular: service, kind: Service, shortNames: [kservice, ksvc]}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
---
apiVersion: v1
kind: Namespace
metadata: {name: sel}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: sel, labels: {app: web}}
data: {from: backup}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: sel}
spec: {ports: [{port: 80}], selector: {app: web}}
`;

const knative = (value: string) => `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: web, namespace: sel}
spec: {from: ${value}}
`;

describeWithRealCluster('names on a real API server', (cluster) => {
  const rig = new RestoreRig();
  let backups: BackupRig;
  let target: Cluster;
  let count = 0;

  beforeAll(async () => {
    backups = await BackupRig.start();
    target = await connectTo(cluster().kubeconfig, 'home');
    await cluster().create(application);
    await cluster().kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
    await cluster().create(knative('backup'));
    const { result } = await backups.backUp(target, 'b', { includedNamespaces: ['sel'] });
    expect(result.phase).toBe('Completed');
    await cluster().kubectl(
      '-n',
      'sel',
      'patch',
      'configmap',
      'settings',
      '-p',
      '{"data":{"from":"production"}}',
    );
    await cluster().kubectl(
      ...['-n', 'sel', 'patch', 'services.serving.knative.dev', 'web', '--type=merge'],
      ...['-p', '{"spec":{"from":"production"}}'],
    );
  }, 120_000);
  afterAll(async () => {
    target?.close();
    await backups?.stop();
  });

  const get = async (resource: string, name: string, path: string) =>
    cluster().kubectl('-n', 'sel', 'get', resource, name, '-o', `jsonpath={${path}}`);
  const restored = async (
    spec: Omit<RestoreSpec, 'backupName'>,
    more: Partial<Omit<RestoreRequest, 'vault'>>,
  ) => {
    const name = `r-${++count}`;
    const { vault } = backups;
    const result = await restore(rig.job(target, name, { backupName: 'b', ...spec }, { vault, ...more }));
    return { name, result };
  };

  it('a mistyped mapping ends the restore, and the original stays what it is', async () => {
    const versions = () =>
      cluster().kubectl(
        'get',
        'all,cm,ns,sa,secrets,ksvc',
        '-A',
        '-o',
        'jsonpath={.items[*].metadata.resourceVersion}',
      );
    const before = await versions();
    const { result } = await restored(
      { namespaceMapping: { sell: 'copy' } },
      { conflicts: { policy: 'update' } },
    );
    expect(result).toMatchObject({
      phase: 'Failed',
      counts: {},
      reason: expect.stringContaining('(did you mean "sel"?)'),
    });
    expect(await versions()).toBe(before);
    expect(await get('configmap', 'settings', '.data.from')).toBe('production');
  });

  it('services are the core ones, in filters and in conflict policies, and the answer names the others', async () => {
    const uid = await get('services.serving.knative.dev', 'web', '.metadata.uid');
    const { name, result } = await restored(
      {},
      { conflicts: { policy: 'skip', resources: { services: 'replace' } } },
    );
    expect(result.phase).toBe('Completed');
    expect(await get('services.serving.knative.dev', 'web', '.metadata.uid')).toBe(uid);
    expect(await get('services.serving.knative.dev', 'web', '.spec.from')).toBe('production');
    const { warnings } = JSON.parse(await resultsOf(name));
    expect(warnings.velero).toContain(
      'conflicts.resources: "services" means services; write the full name for services.serving.knative.dev',
    );

    const only = await restored({ includedResources: ['Service'] }, { conflicts: { policy: 'update' } });
    expect(only.result).toMatchObject({ phase: 'Completed', counts: { same: 2 } });
    expect(await get('services.serving.knative.dev', 'web', '.spec.from')).toBe('production');

    const without = await restored(
      { excludedResources: ['svc', 'configmaps'] },
      { conflicts: { policy: 'update' } },
    );
    expect(without.result).toMatchObject({ counts: { updated: 1 } });
    expect(await get('services.serving.knative.dev', 'web', '.spec.from')).toBe('backup');

    const one = await restored({}, { object: { resource: 'ksvc', namespace: 'sel', name: 'web' } });
    expect(one.result.phase).toBe('Completed');
    const core = { resource: 'services', namespace: 'sel', name: 'other' };
    expect((await restored({}, { object: core })).result).toMatchObject({ phase: 'Failed' });
  });

  it('services are the core ones in a backup', async () => {
    const { objects, results } = await backups.backUp(target, 'core', {
      includedNamespaces: ['sel'],
      includedResources: ['services'],
    });
    expect([...objects.keys()]).toEqual(['services sel/web']);
    expect(results.warnings.velero).toContainEqual(
      expect.stringContaining(
        'includedResources: "services" means services; write the full name for services.serving.knative.dev',
      ),
    );
    const { objects: others } = await backups.backUp(target, 'knative', {
      includedNamespaces: ['sel'],
      includedResources: ['services.serving.knative.dev'],
    });
    expect([...others.keys()].filter((key) => key.startsWith('services'))).toEqual([
      'services.serving.knative.dev sel/web',
    ]);
  });

  it.each([
    ['a namespace', { includedNamespaces: ['sel', 'sell'] }, '(did you mean "sel"?)'],
    [
      'a resource',
      { includedNamespaces: ['sel'], excludedResources: ['secretz'] },
      '(did you mean "secrets"?)',
    ],
    [
      'a selector',
      { includedNamespaces: ['sel'], labelSelector: { matchLabels: { app: 'webb' } } },
      'selector app=webb matches nothing (0 items)',
    ],
  ])('a backup that a person asks for fails by %s that matches nothing', async (_, spec, said) => {
    const result = await backUp(backups.job(target, `slip-${++count}`, spec));
    expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringContaining(said) });
  });

  async function resultsOf(name: string): Promise<string> {
    const { gunzipSync } = await import('node:zlib');
    const { body } = await backups.vault.get(`restores/${name}/restore-${name}-results.gz`);
    return gunzipSync(body).toString('utf8');
  }
});
