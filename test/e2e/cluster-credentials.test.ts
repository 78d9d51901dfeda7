import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { kubeconfigOf } from '../../local/control-plane/credentials';
import type { RealCluster } from '../../local/control-plane/real-cluster';
import { accountThroughKubectl } from '../../cli/options/through-kubectl';
import { rightsText } from '../../cli/output/rights';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { examineCluster } from '../../shared/app/clusters/examine-cluster';
import { updateCredentials } from '../../shared/app/clusters/update-cluster';
import { openSealedKubeconfig } from '../../shared/platform/kubernetes/seal';
import type { RbacScope } from '../../shared/operations/rights/rbac-manifests';
import { capability, type RightsReport } from '../../shared/operations/rights/rights-report';
import { describeWithRealClusters } from '../harness/describe-with-real-cluster';
import { workingInstallation } from '../harness/working-installation';

jest.setTimeout(120_000);

const key = Buffer.alloc(32, 7).toString('base64');
const account = (scope: Partial<RbacScope>): RbacScope => ({
  scope: 'read-only',
  rbac: true,
  account: 'lifeboat',
  home: 'lifeboat',
  ...scope,
});
const extents = (rights: RightsReport) =>
  Object.fromEntries(rights.capabilities.map(({ purpose, extent }) => [purpose, extent]));
const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {color: blue}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: shop}
stringData: {value: hidden}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: data}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: none
  claimRef: {namespace: shop, name: data}
  hostPath: {path: /tmp/data}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: none, volumeName: data, resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web, namespace: shop}
rules: [{apiGroups: [""], resources: [pods], verbs: [delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
---
apiVersion: v1
kind: Namespace
metadata: {name: other}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: other}
`;

describeWithRealClusters('credentials of a cluster', ['current', 'old'], (clusters) => {
  const current = () => clusters()[0]!;
  const open = () => workingInstallation({ LIFEBOAT_SEAL_KEY: key });
  const messagesOf = (lifeboat: Awaited<ReturnType<typeof open>>, name: string) =>
    gunzipSync(lifeboat.bucket.objects.get(`vault/backups/${name}/${name}-results.gz`)!.body).toString();

  it('of an administrator: everything is allowed, and works', async () => {
    await current().create(shop);
    const lifeboat = await open();
    const { kubeconfig } = current();
    const { rights, cluster, ends } = await addCluster(lifeboat.installation, { name: 'a', kubeconfig });
    expect(extents(rights)).toEqual({
      identity: 'cluster',
      backup: 'cluster',
      restore: 'cluster',
      'restore-rbac': 'cluster',
      mirror: 'cluster',
    });
    expect(ends).toBeUndefined();
    expect(rightsText(rights)).not.toContain('All but RBAC');
    expect(cluster.spec.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(lifeboat.stateText()).not.toContain(current().token);
    expect(await lifeboat.backUp('a', 'whole')).toMatchObject({ phase: 'Completed', errors: 0 });
    const { findings } = await examineCluster(lifeboat.installation, cluster);
    expect(findings.every(({ level }) => level === 'ok')).toBe(true);
    const restored = await lifeboat.restore('a', 'back', {
      backupName: 'whole',
      includedNamespaces: ['other'],
      namespaceMapping: { other: 'other-2' },
    });
    expect(restored).toMatchObject({ phase: 'Completed' });
    expect(await current().kubectl('get', 'configmap', 'settings', '-n', 'other-2')).toContain('settings');
  });

  it('to read only, as a service account that is made with them: backs all up, writes nothing', async () => {
    const lifeboat = await open();
    const { kubeconfig } = current();
    const { rights, made, cluster } = await addCluster(lifeboat.installation, {
      name: 'a',
      kubeconfig,
      serviceAccount: account({}),
    });
    expect(made).toContain('ClusterRoleBinding lifeboat');
    expect(extents(rights)).toEqual({
      identity: 'cluster',
      backup: 'cluster',
      restore: 'part',
      'restore-rbac': 'none',
      mirror: 'part',
    });
    // The administrator's credentials are nowhere.
    const place = { installation: lifeboat.installation.id, cluster: 'a', server: cluster.spec.server };
    const kept = await openSealedKubeconfig(
      cluster.spec.sealedKubeconfig,
      place,
      lifeboat.installation.sealing,
    );
    expect(kept.token).not.toBe(current().token);
    expect(await lifeboat.backUp('a', 'whole')).toMatchObject({ phase: 'Completed', errors: 0 });
    const restored = await lifeboat.restore('a', 'back', {
      backupName: 'whole',
      includedNamespaces: ['shop'],
      namespaceMapping: { shop: 'shop-2' },
    });
    expect(restored.phase).not.toBe('Completed');
    expect(restored.counts.created ?? 0).toBe(0);
    await expect(current().kubectl('get', 'namespace', 'shop-2')).rejects.toThrow('not found');
    const mayI = (...words: string[]) =>
      current()
        .kubectl('auth', 'can-i', ...words, '--as', 'system:serviceaccount:lifeboat:lifeboat')
        .then(
          (answer) => answer.trim(),
          () => 'no',
        );
    expect(await mayI('list', 'secrets', '-A')).toBe('yes');
    expect(await mayI('get', 'pods', '-A')).toBe('yes');
    expect(await mayI('get', 'pods', '--subresource', 'exec', '-A')).toBe('no');
    expect(await mayI('create', 'pods', '--subresource', 'exec', '-A')).toBe('no');
    expect(await mayI('get', 'nodes', '--subresource', 'proxy')).toBe('no');
    expect(await mayI('create', 'serviceaccounts', '--subresource', 'token', '-A')).toBe('no');
    expect(await mayI('delete', 'pods', '-A')).toBe('no');
    // What it is kept out of backups with.
    const listed = gunzipSync(
      lifeboat.bucket.objects.get('vault/backups/whole/whole-resource-list.json.gz')!.body,
    ).toString();
    expect(listed).toContain('shop/password');
    // Of everything: what has no namespace, too.
    expect(listed).toContain('rbac.authorization.k8s.io/v1/ClusterRole');
    expect(listed).not.toContain('lifeboat/lifeboat-token');
  });

  it('to restore: the same account with more rights restores all, roles included, and deletes nothing', async () => {
    const lifeboat = await open();
    const { kubeconfig } = current();
    await addCluster(lifeboat.installation, { name: 'a', kubeconfig });
    const { rights, made } = await updateCredentials(lifeboat.installation, 'a', {
      kubeconfig,
      serviceAccount: account({ scope: 'restore' }),
    });
    expect(made).toEqual([]);
    expect(extents(rights)).toMatchObject({
      backup: 'cluster',
      restore: 'cluster',
      'restore-rbac': 'cluster',
      mirror: 'part',
    });
    expect(await lifeboat.backUp('a', 'whole')).toMatchObject({ phase: 'Completed', errors: 0 });
    const restored = await lifeboat.restore('a', 'back', {
      backupName: 'whole',
      includedNamespaces: ['shop'],
      namespaceMapping: { shop: 'shop-4' },
      excludedResources: ['persistentvolumeclaims', 'persistentvolumes'],
    });
    expect(restored).toMatchObject({ phase: 'Completed', errors: 0 });
    const there = await current().kubectl('get', 'rolebinding,role,secret,sa', '-n', 'shop-4', '-o', 'name');
    expect(there).toContain('rolebinding.rbac.authorization.k8s.io/web');
    expect(there).toContain('role.rbac.authorization.k8s.io/web');
  });

  it('to restore all but RBAC: said beforehand, and only roles are refused', async () => {
    const lifeboat = await open();
    const { kubeconfig } = current();
    const { rights } = await addCluster(lifeboat.installation, {
      name: 'a',
      kubeconfig,
      serviceAccount: account({ scope: 'restore', rbac: false }),
    });
    expect(rightsText(rights)).toContain('All but RBAC can be restored');
    expect(capability(rights, 'restore-rbac').missing).toEqual([
      { resource: 'clusterroles.rbac.authorization.k8s.io', verbs: ['escalate', 'bind'] },
      { resource: 'roles.rbac.authorization.k8s.io', verbs: ['escalate', 'bind'] },
    ]);
    await lifeboat.backUp('a', 'whole', { includedNamespaces: ['shop'] });
    const restored = await lifeboat.restore('a', 'back', {
      backupName: 'whole',
      namespaceMapping: { shop: 'shop-3' },
      excludedResources: ['persistentvolumeclaims', 'persistentvolumes'],
    });
    expect(restored.phase).toBe('PartiallyFailed');
    const there = await current().kubectl('get', 'configmap,secret,sa,role', '-n', 'shop-3', '-o', 'name');
    expect(there).toContain('configmap/settings');
    expect(there).not.toContain('role.rbac.authorization.k8s.io/web');
  });

  it('of one namespace: said beforehand; a backup and a restore of it work, others say why not', async () => {
    const lifeboat = await open();
    const { kubeconfig } = current();
    const { rights } = await addCluster(lifeboat.installation, {
      name: 'a',
      kubeconfig,
      serviceAccount: account({ scope: 'restore', namespaces: ['shop'], account: 'shop-only' }),
    });
    expect(extents(rights)).toMatchObject({
      identity: 'cluster',
      backup: 'namespaces',
      restore: 'namespaces',
    });
    expect(capability(rights, 'backup').namespaces).toEqual(['shop']);
    expect(rightsText(rights)).toContain('in shop');
    const one = await lifeboat.backUp('a', 'one', { includedNamespaces: ['shop'] });
    expect([one.phase, one.phase === 'Completed' ? '' : messagesOf(lifeboat, 'one')]).toEqual([
      'Completed',
      '',
    ]);
    const all = await lifeboat.backUp('a', 'all');
    // It names no namespaces, so it takes those that the cluster was added for, and says so.
    expect(all.phase).toBe('Completed');
    expect(messagesOf(lifeboat, 'all')).toContain('registered for: shop');
    const other = await lifeboat.backUp('a', 'other', { includedNamespaces: ['other'] });
    expect(other.phase).not.toBe('Completed');
    await current().kubectl('delete', 'configmap', 'settings', '-n', 'shop');
    const restored = await lifeboat.restore('a', 'back', {
      backupName: 'one',
      includedResources: ['configmaps'],
    });
    expect(restored.counts.created).toBe(1);
    expect(await current().kubectl('get', 'configmap', 'settings', '-n', 'shop')).toContain('settings');
    const elsewhere = await lifeboat.restore('a', 'elsewhere', {
      backupName: 'one',
      namespaceMapping: { shop: 'other' },
      includedResources: ['configmaps'],
    });
    expect(elsewhere.phase).not.toBe('Completed');
  });

  it('that have ended: refused and nothing stored; when they end later, runs say so', async () => {
    const lifeboat = await open();
    const before = lifeboat.bucket.keys();
    const adding = addCluster(lifeboat.installation, { name: 'a', kubeconfig: expiredKubeconfig(current()) });
    await expect(adding).rejects.toMatchObject({
      kind: 'denied',
      hint: expect.stringContaining('have expired or were revoked'),
    });
    expect(lifeboat.bucket.keys()).toEqual(before);
    const { kubeconfig } = current();
    const { cluster } = await addCluster(lifeboat.installation, {
      name: 'a',
      kubeconfig,
      serviceAccount: account({ account: 'short-lived' }),
    });
    await lifeboat.backUp('a', 'good', { includedNamespaces: ['shop'] });
    await current().kubectl('delete', 'secret', 'short-lived-token', '-n', 'lifeboat');
    const backup = await untilRefused(() =>
      lifeboat.backUp('a', `late-${Date.now()}`, { includedNamespaces: ['shop'] }),
    );
    expect(backup).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('expired or were revoked'),
    });
    const restored = await lifeboat.restore('a', 'late', { backupName: 'good' });
    expect(restored).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('expired or were revoked'),
    });
    const { findings } = await examineCluster(lifeboat.installation, cluster);
    expect(findings).toEqual([expect.objectContaining({ check: 'credentials', level: 'error' })]);
  });

  it('of another cluster are refused, and so is a cluster that was put behind the same address', async () => {
    const [a, b] = clusters() as [RealCluster, RealCluster];
    const lifeboat = await open();
    const { cluster } = await addCluster(lifeboat.installation, { name: 'a', kubeconfig: a.kubeconfig });
    const updating = updateCredentials(lifeboat.installation, 'a', { kubeconfig: b.kubeconfig });
    await expect(updating).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('another cluster'),
    });
    expect(await lifeboat.installation.state.clusters.get('a')).toEqual(cluster);
    // As if a's address now led to b.
    const added = await addCluster(lifeboat.installation, { name: 'b', kubeconfig: b.kubeconfig });
    await lifeboat.installation.state.clusters.change('b', () => ({
      ...added.cluster,
      spec: { ...added.cluster.spec, uid: cluster.spec.uid },
    }));
    const backup = await lifeboat.backUp('b', 'wrong');
    expect(backup).toMatchObject({
      phase: 'Failed',
      reason: expect.stringMatching(/another cluster .*lifeboat cluster add/),
    });
    await lifeboat.backUp('a', 'right', { includedNamespaces: ['shop'] });
    const restored = await lifeboat.restore('b', 'wrong', { backupName: 'right' });
    expect(restored).toMatchObject({ phase: 'Failed', reason: expect.stringContaining('another cluster') });
    await expect(b.kubectl('get', 'namespace', 'shop')).rejects.toThrow('not found');
  });

  it('of a kubeconfig that runs a program: refused with the remedy, which works through kubectl', async () => {
    const lifeboat = await open();
    const { folder, kubeconfig, token } = current();
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token },
    };
    const exec = {
      apiVersion: credential.apiVersion,
      command: 'echo',
      args: [JSON.stringify(credential)],
      interactiveMode: 'Never',
    };
    const runsProgram = kubeconfig.replace(`token: ${token}`, `exec: ${JSON.stringify(exec)}`);
    const file = join(folder, 'runs-a-program.yaml');
    writeFileSync(file, runsProgram, { mode: 0o600 });
    await expect(
      addCluster(lifeboat.installation, { name: 'x', kubeconfig: runsProgram }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('user.exec is not accepted'),
      hint: expect.stringContaining('--through-kubectl'),
    });

    const path = process.env.PATH;
    process.env.PATH = `${process.env.KUBEBUILDER_ASSETS}:${path}`;
    const scope = account({ scope: 'restore', account: 'by-kubectl', namespaces: ['shop'] });
    const made = await accountThroughKubectl({ kubeconfig: file }, scope);
    const wrong = accountThroughKubectl({ kubeconfig: file, context: 'nobodys' }, scope);
    await expect(wrong).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('nobodys'),
    });
    process.env.PATH = path;
    expect(made).not.toContain(token);
    const { rights } = await addCluster(lifeboat.installation, {
      name: 'a',
      kubeconfig: made,
      namespaces: scope.namespaces,
    });
    expect(extents(rights)).toMatchObject({ backup: 'namespaces', restore: 'namespaces' });
    expect(await lifeboat.backUp('a', 'b', { includedNamespaces: ['shop'] })).toMatchObject({
      phase: 'Completed',
      errors: 0,
    });
  });

  it('are made on Kubernetes 1.20 too, with the same rights', async () => {
    const lifeboat = await open();
    const { kubeconfig } = clusters()[1]!;
    const { rights } = await addCluster(lifeboat.installation, {
      name: 'old',
      kubeconfig,
      serviceAccount: account({}),
    });
    expect(extents(rights)).toMatchObject({ identity: 'cluster', backup: 'cluster', restore: 'part' });
    expect(await lifeboat.backUp('old', 'whole')).toMatchObject({ phase: 'Completed', errors: 0 });
  });
});

/** Of the default service account, signed as the cluster signs, and over for an hour. */
function expiredKubeconfig({ server, caCertificate, folder }: RealCluster): string {
  const key = createPrivateKey(readFileSync(join(folder, 'pki', 'sa.key')));
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const issuer = 'https://kubernetes.default.svc';
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({
    iss: issuer,
    aud: [issuer],
    sub: 'system:serviceaccount:default:default',
    iat: now - 7200,
    exp: now - 3600,
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'default', uid: 'x' } },
  })}`;
  const signature = sign('RSA-SHA256', Buffer.from(unsigned), key).toString('base64url');
  return kubeconfigOf(server, caCertificate, `${unsigned}.${signature}`);
}

/** The API server knows a token for a few seconds more. */
async function untilRefused<T extends { phase: string }>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    const result = await act();
    if (result.phase === 'Failed') return result;
  }
}
