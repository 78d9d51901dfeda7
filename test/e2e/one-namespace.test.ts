import { gunzipSync } from 'node:zlib';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { kubeconfigOf } from '../../local/control-plane/credentials';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { planRestore } from '../../shared/app/runs/plan-restore';
import { rightsText } from '../../cli/output/rights';
import { examineCluster } from '../../shared/app/clusters/examine-cluster';
import { updateCredentials } from '../../shared/app/clusters/update-cluster';
import { capability } from '../../shared/operations/rights/rights-report';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import type { BackupSpec } from '../../shared/formats/manifests/velero';
import { type WorkingInstallation, workingInstallation } from '../harness/working-installation';

const key = Buffer.alloc(32, 7).toString('base64');

describeWithRealCluster('credentials for one namespace', (cluster) => {
  let lifeboat: WorkingInstallation;
  const accounts: Record<string, string> = {};
  beforeAll(async () => {
    await cluster().create(crd);
    await cluster().kubectl('wait', '--for=condition=Established', 'crd/gadgets.example.com');
    await cluster().create(shop);
    for (const role of ['admin', 'edit', 'view']) await bind(role, '--clusterrole', role);
    await bind('own', '--role', 'everything');
    await bind('blind', '--role', 'configmaps');
  });
  beforeEach(async () => {
    lifeboat = await workingInstallation({ LIFEBOAT_SEAL_KEY: key });
  });
  async function bind(name: string, ...role: string[]) {
    await cluster().kubectl('create', 'serviceaccount', name, '-n', 'default');
    const subject = `--serviceaccount=default:${name}`;
    await cluster().kubectl('create', 'rolebinding', name, '-n', 'shop', ...role, subject);
    const token = (await cluster().kubectl('create', 'token', name, '-n', 'default')).trim();
    accounts[name] = kubeconfigOf(cluster().server, cluster().caCertificate, token);
  }
  const messages = (place: string) => {
    const { body } = lifeboat.bucket.objects.get(`vault/${place}`)!;
    return gunzipSync(body).toString();
  };

  const open = (name: string) =>
    addCluster(lifeboat.installation, { name: 'a', kubeconfig: accounts[name]!, namespaces: ['shop'] });
  const warningsOf = (text: string): string[] =>
    (JSON.parse(text).warnings.velero ?? []).filter((one: string) => !one.includes('kube-system'));
  const losesSomething = () =>
    cluster().kubectl('delete', 'configmap/settings', 'deployment/web', '-n', 'shop', '--cascade=orphan');
  const isBack = async () =>
    expect(await cluster().kubectl('get', 'configmap/settings', 'deployment/web', '-n', 'shop')).toMatch(
      /web/,
    );

  it('of a Role back it up and bring back what was lost, both Completed, with one warning of what lies outside', async () => {
    await open('own');
    expect(await lifeboat.backUp('a', 'b', { includedNamespaces: ['shop'] })).toMatchObject({
      phase: 'Completed',
      errors: 0,
    });
    const warnings = warningsOf(messages('backups/b/b-results.gz'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/outside of the named namespaces.*priorityclasses.*high/);
    expect(warnings[0]).toContain('customresourcedefinitions.apiextensions.k8s.io gadgets.example.com');
    expect(warnings[0]).toContain('clusterrolebindings.rbac.authorization.k8s.io of service accounts');
    expect(warnings[0]).not.toContain('deployments.apps');
    await losesSomething();
    const restored = await lifeboat.restore('a', 'r', { backupName: 'b' });
    expect(restored).toMatchObject({ phase: 'Completed', errors: 0 });
    await isBack();
  });

  it.each<[string, BackupSpec, RegExp]>([
    ['no namespace', { labelSelector: { matchLabels: { app: 'web' } } }, /names no namespaces.*: shop/],
    ['nothing at all', {}, /names no namespaces.*: shop/],
    [
      '"*"',
      { includedNamespaces: ['*'], excludedNamespaces: ['kube-*'] },
      /may not list namespaces, so \* .*: shop/,
    ],
    ['a pattern', { includedNamespaces: ['sh?p'] }, /may not list namespaces, so sh\?p .*: shop/],
  ])(
    'of a backup that names %s are those of the cluster, as its own spec and one warning say',
    async (_, spec, warning) => {
      await open('own');
      expect(await lifeboat.backUp('a', 'b', spec)).toMatchObject({ phase: 'Completed', errors: 0 });
      const warnings = warningsOf(messages('backups/b/b-results.gz'));
      expect(warnings.filter((one) => warning.test(one))).toHaveLength(1);
      const { body } = lifeboat.bucket.objects.get('vault/backups/b/velero-backup.json')!;
      expect(JSON.parse(body.toString()).spec.includedNamespaces).toEqual(['shop']);
      await cluster().kubectl('delete', 'configmap/settings', '-n', 'shop');
      expect(await lifeboat.restore('a', 'r', { backupName: 'b' })).toMatchObject({
        phase: 'Completed',
        errors: 0,
        counts: { created: 1 },
      });
    },
  );

  it('that a cluster is not registered for leave "*" denied, and a spec that names nothing refused', async () => {
    await addCluster(lifeboat.installation, { name: 'a', kubeconfig: accounts.own! });
    expect(await lifeboat.backUp('a', 'b', { includedNamespaces: ['*'] })).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('listing namespaces'),
    });
    await expect(lifeboat.backUp('a', 'c', {})).rejects.toThrow('names neither namespaces nor labels');
  });

  it.each<[string, string[]]>([
    ['admin', ['gadgets.example.com']],
    ['edit', ['gadgets.example.com', 'roles', 'rolebindings']],
    ['view', ['gadgets.example.com', 'roles', 'rolebindings', 'secrets']],
  ])(
    'of the ClusterRole %s back up all that it may read, and are Completed without %j',
    async (role, excludedResources) => {
      await open(role);
      const whole = await lifeboat.backUp('a', 'whole', { includedNamespaces: ['shop'] });
      expect(whole).toMatchObject({ phase: 'PartiallyFailed', errors: excludedResources.length });
      for (const resource of excludedResources)
        expect(messages('backups/whole/whole-results.gz')).toContain(`listing ${resource.split('.')[0]}`);
      const spec = { includedNamespaces: ['shop'], excludedResources };
      expect(await lifeboat.backUp('a', 'b', spec)).toMatchObject({ phase: 'Completed', errors: 0 });
      expect(warningsOf(messages('backups/b/b-results.gz'))).toHaveLength(1);
      if (role === 'view') return;
      await losesSomething();
      const restored = await lifeboat.restore('a', 'r', { backupName: 'b' });
      expect(restored).toMatchObject({ phase: 'Completed', errors: 0 });
      await isBack();
    },
  );

  it.each([
    ['own', 'in shop'],
    ['admin', 'in part of shop'],
    ['blind', 'in part of shop'],
  ])('of %s are said to back up %s, and are looked at again in that namespace', async (name, extent) => {
    const { cluster: added, rights } = await open(name);
    const table = rightsText(rights);
    expect(table).toMatch(new RegExp(`back up +${extent}`));
    if (name === 'admin') {
      expect(capability(rights, 'backup').missing).toEqual([
        { resource: 'gadgets.example.com', verbs: ['list'] },
      ]);
    }
    expect(added.spec.namespaces).toEqual(['shop']);
    const { rights: again } = await examineCluster(lifeboat.installation, added);
    expect(rightsText(again!)).toBe(table);
    const updated = await updateCredentials(lifeboat.installation, 'a', { kubeconfig: accounts.own! }).catch(
      (error) => error,
    );
    expect(updated).toMatchObject({ cluster: { spec: { namespaces: ['shop'] } } });
  });

  it("have their context's own namespace where they name none", async () => {
    const kubeconfig = accounts.own!.replace('user: admin}', 'user: admin, namespace: shop}');
    const { cluster: added, rights } = await addCluster(lifeboat.installation, { name: 'a', kubeconfig });
    expect([added.spec.namespaces, capability(rights, 'backup').namespaces]).toEqual([['shop'], ['shop']]);
    const all = cluster().kubeconfig.replace('user: admin}', 'user: admin, namespace: shop}');
    const whole = await addCluster(lifeboat.installation, { name: 'all', kubeconfig: all });
    expect(whole.cluster.spec.namespaces).toBeUndefined();
    expect(capability(whole.rights, 'backup').extent).toBe('cluster');
  });

  it('that may not even ask what they may are registered, and their rights are not known', async () => {
    const binding = 'clusterrolebinding/system:basic-user';
    const saved = await cluster().kubectl('get', binding, '-o', 'json');
    await cluster().kubectl('delete', binding);
    try {
      let added = await open('blind');
      for (let n = 0; n < 50 && capability(added.rights, 'backup').extent !== 'unknown'; n++)
        added = await updateCredentials(lifeboat.installation, 'a', { kubeconfig: accounts.blind! });
      expect(rightsText(added.rights)).toContain('not known');
    } finally {
      const { metadata, roleRef, subjects } = JSON.parse(saved);
      const again = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        roleRef,
        subjects,
      };
      await cluster().apply(JSON.stringify({ ...again, metadata: { name: metadata.name } }));
    }
  });

  it('that may not even read the namespace take it to exist, and say so', async () => {
    await open('blind');
    const spec = { includedNamespaces: ['shop'], includedResources: ['configmaps'] };
    expect(await lifeboat.backUp('a', 'b', spec)).toMatchObject({ phase: 'Completed', errors: 0 });
    await cluster().kubectl('delete', 'configmap/settings', '-n', 'shop');
    const restored = await lifeboat.restore('a', 'r', { backupName: 'b' });
    expect(restored).toMatchObject({ phase: 'Completed', errors: 0, counts: { created: 1 } });
    expect(messages('restores/r/restore-r-results.gz')).toContain('taken to exist');
    const elsewhere = { backupName: 'b', namespaceMapping: { shop: 'gone' } };
    expect((await lifeboat.restore('a', 'r2', elsewhere)).phase).toBe('PartiallyFailed');
  });

  it("bring back what is in it from an administrator's backup, as a plan shows beforehand", async () => {
    const { kubeconfig } = cluster();
    await addCluster(lifeboat.installation, { name: 'all', kubeconfig });
    expect(await lifeboat.backUp('all', 'b', { includedNamespaces: ['shop'] })).toMatchObject({
      phase: 'Completed',
    });
    await open('own');
    await cluster().kubectl('delete', 'role/web', 'rolebinding/web', 'gadget/one', '-n', 'shop');
    const request = {
      kind: 'RestoreRequest' as const,
      metadata: { name: 'r' },
      cluster: 'a',
      vault: 'main',
      spec: { backupName: 'b', includeClusterResources: false },
    };
    const { head } = await planRestore(lifeboat.installation, request, {
      progress: () => {},
      signal: new AbortController().signal,
    });
    const { counts } = head;
    expect(counts.fail).toBeUndefined();
    expect(counts.create).toBe(3);
    const restored = await lifeboat.restore('a', 'r', request.spec);
    expect(restored).toMatchObject({ phase: 'Completed', errors: 0, counts: { created: 3 } });
  });

  it("skip what an administrator's backup brought along and they may not make, in one warning, and refuse what is named", async () => {
    await addCluster(lifeboat.installation, { name: 'all', kubeconfig: cluster().kubeconfig });
    expect(await lifeboat.backUp('all', 'b', { includedNamespaces: ['shop'] })).toMatchObject({
      phase: 'Completed',
    });
    await open('own');
    const get = ['--verb=get', '--resource=priorityclasses'];
    await cluster().kubectl('create', 'clusterrole', 'classes', ...get);
    const bound = ['--clusterrole=classes', '--serviceaccount=default:own'];
    await cluster().kubectl('create', 'clusterrolebinding', 'classes', ...bound);
    await cluster().kubectl('delete', 'configmap/settings', '-n', 'shop');
    await cluster().kubectl('delete', 'priorityclass/high');
    expect(await lifeboat.restore('a', 'r', { backupName: 'b' })).toMatchObject({
      phase: 'Completed',
      errors: 0,
      counts: { created: 1 },
    });
    const { warnings } = JSON.parse(messages('restores/r/restore-r-results.gz'));
    const beyond: string[] = warnings.cluster.filter((one: string) =>
      one.includes('may not make cluster-scoped objects'),
    );
    expect(beyond).toHaveLength(1);
    expect(beyond[0]).toContain('priorityclasses.scheduling.k8s.io high (missing)');
    expect(beyond[0]).toContain('clusterrolebindings.rbac.authorization.k8s.io web (may not be read either)');
    const named = { backupName: 'b', includedResources: ['priorityclasses'], includeClusterResources: true };
    expect(await lifeboat.restore('a', 'named', named)).toMatchObject({
      phase: 'PartiallyFailed',
      errors: 1,
    });
  });
});

const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget, listKind: GadgetList}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
`;
const shop = `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop, labels: {app: web}}, data: {a: b}}
- {apiVersion: v1, kind: Secret, metadata: {name: password, namespace: shop}, data: {a: Yg==}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}
- {apiVersion: example.com/v1, kind: Gadget, metadata: {name: one, namespace: shop}}
- apiVersion: scheduling.k8s.io/v1
  kind: PriorityClass
  metadata: {name: high}
  value: 1000
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {priorityClassName: high, serviceAccountName: web, containers: [{name: web, image: nginx}]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: everything, namespace: shop}
  rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: configmaps, namespace: shop}
  rules: [{apiGroups: [''], resources: [configmaps], verbs: ['*']}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: web, namespace: shop}
  rules: [{apiGroups: [''], resources: [configmaps], verbs: [get]}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: web, namespace: shop}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
  subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: web}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
  subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
`;
