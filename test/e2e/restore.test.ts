import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import {
  connectTo,
  RestoreRig,
  type TestItem,
  type TestObject,
} from '../shared/operations/restore/restore-rig';
import { anything, configMap, definition, namespace } from './restore/items';

/** Waits are short where a test shows what happens when they end. */
const hasty = { refusals: 1_500, termination: 1_500, poll: 100 };

describeWithRealCluster('restore into a real cluster', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
  });
  afterAll(() => target?.close());

  const get = async (...parameters: string[]): Promise<TestObject> =>
    JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));
  /** Everything that a restore could touch, with its resourceVersion. */
  const versions = () =>
    cluster().kubectl(
      'get',
      'namespaces,crd,pv,configmaps,secrets,serviceaccounts,services,deployments,validatingwebhookconfigurations',
      '-A',
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}={.metadata.resourceVersion} {end}',
    );

  it('keeps int-or-string, int64 beyond 2^53, floats and unknown fields of custom resources to the byte', async () => {
    const schema = {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: {
            port: { 'x-kubernetes-int-or-string': true },
            serial: { type: 'integer', format: 'int64' },
            ratio: { type: 'number' },
            free: anything,
          },
        },
      },
    };
    const exact = (name: string, spec: string): TestItem => ({
      groupResource: 'exacts.numbers.example.com',
      object: `{"apiVersion":"numbers.example.com/v1","kind":"Exact","metadata":{"name":"${name}","namespace":"numbers"},"spec":${spec}}`,
    });
    await rig.addBackup('numbers', [
      exact('text', '{"port":"http","serial":9223372036854775807}'),
      exact(
        'number',
        '{"free":{"big":9007199254740993,"deep":[{"x":-9007199254740995}]},"port":8080,"ratio":0.1,"serial":9007199254740993}',
      ),
      definition('exacts', 'Exact', 'numbers.example.com', schema),
      namespace('numbers'),
    ]);
    const result = await restore(rig.job(target, 'numbers-1', { backupName: 'numbers' }));
    expect(result).toMatchObject({ phase: 'Completed', errors: 0, counts: { created: 4 } });
    const raw = (name: string) =>
      cluster().kubectl('get', '--raw', `/apis/numbers.example.com/v1/namespaces/numbers/exacts/${name}`);
    expect(await raw('text')).toContain('"spec":{"port":"http","serial":9223372036854775807}');
    expect(await raw('number')).toContain(
      '"spec":{"free":{"big":9007199254740993,"deep":[{"x":-9007199254740995}]},"port":8080,"ratio":0.1,"serial":9007199254740993}',
    );
  });

  it('remaps owner references to the new uids, drops those whose owner is gone, and keeps finalizers', async () => {
    const owner = (name: string, kind: string, uid: string) => ({
      ownerReferences: [{ apiVersion: 'owners.example.com/v1', kind, name, uid }],
    });
    const boss: TestItem = {
      groupResource: 'bosses.owners.example.com',
      object: {
        apiVersion: 'owners.example.com/v1',
        kind: 'Boss',
        metadata: { name: 'boss', namespace: 'owners', uid: 'old-uid-of-boss' },
        status: { phase: 'Ready' },
      },
    };
    await rig.addBackup('owners', [
      namespace('owners'),
      definition('bosses', 'Boss', 'owners.example.com', anything),
      configMap(
        'owners',
        'child',
        {},
        { ...owner('boss', 'Boss', 'old-uid-of-boss'), finalizers: ['example.com/keep'] },
      ),
      configMap('owners', 'orphan', {}, owner('gone', 'Boss', 'old-uid-of-gone')),
      boss,
    ]);
    const result = await restore(
      rig.job(target, 'owners-1', { backupName: 'owners', restoreStatus: { includedResources: ['bosses'] } }),
    );
    expect(result).toMatchObject({ phase: 'Completed', warnings: 1 });
    const live = await get('-n', 'owners', 'bosses.owners.example.com', 'boss');
    expect(live.status).toEqual({ phase: 'Ready' });
    const child = await get('-n', 'owners', 'configmap', 'child');
    expect(child.metadata.ownerReferences).toEqual([
      { apiVersion: 'owners.example.com/v1', kind: 'Boss', name: 'boss', uid: live.metadata.uid },
    ]);
    expect(child.metadata.finalizers).toEqual(['example.com/keep']);
    expect((await get('-n', 'owners', 'configmap', 'orphan')).metadata.ownerReferences).toBeUndefined();
    expect((await rig.results('owners-1')).warnings.namespaces?.owners?.[0]).toContain('its owner Boss gone');
    await cluster().kubectl(
      '-n',
      'owners',
      'patch',
      'configmap',
      'child',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
  });

  it('leaves what exists alone and says how it differs; update patches it; no value of a Secret is told', async () => {
    const secret = (password: string): TestItem => ({
      groupResource: 'secrets',
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'Opaque',
        metadata: { name: 'login', namespace: 'present' },
        data: { password: Buffer.from(password).toString('base64') },
      },
    });
    const items = (password: string, value: string) => [
      namespace('present'),
      secret(password),
      configMap('present', 'same'),
      configMap('present', 'changed', { data: { a: value } }),
      configMap('present', 'frozen', { data: { a: value }, immutable: true }),
    ];
    await rig.addBackup('present-old', items('old-s3cret', '1'));
    await rig.addBackup('present-new', items('new-s3cret', '2'));
    await restore(rig.job(target, 'present-1', { backupName: 'present-old' }));
    const before = await versions();

    const left = await restore(rig.job(target, 'present-2', { backupName: 'present-new' }));
    expect(left).toMatchObject({ phase: 'Completed', warnings: 3, counts: { different: 3, same: 2 } });
    expect(await versions()).toBe(before);
    const outcomes = await rig.outcomes('present-2');
    expect(outcomes.find(({ name }) => name === 'login')).toMatchObject({
      outcome: 'different',
      reason: 'data.password',
    });
    expect((await rig.resourceList('present-2'))['v1/ConfigMap']).toEqual([
      'present/changed(skipped)',
      'present/frozen(skipped)',
      'present/same(skipped)',
    ]);

    const job = rig.job(target, 'present-3', { backupName: 'present-new', existingResourcePolicy: 'update' });
    const updated = await restore(job);
    expect(updated).toMatchObject({ phase: 'Completed', counts: { updated: 2, different: 1, same: 2 } });
    expect((await get('-n', 'present', 'configmap', 'changed')).data).toEqual({ a: '2' });
    expect((await get('-n', 'present', 'configmap', 'frozen')).data).toEqual({ a: '1' });
    expect((await rig.results('present-3')).warnings.namespaces?.present?.[0]).toContain('immutable');

    const told = (
      await Promise.all(
        ['present-2', 'present-3'].flatMap((name) => [
          rig.log(name),
          rig.outcomes(name).then((list) => JSON.stringify(list)),
          rig.results(name).then((results) => JSON.stringify(results)),
        ]),
      )
    ).join('\n');
    for (const value of [
      's3cret',
      Buffer.from('old-s3cret').toString('base64'),
      Buffer.from('new-s3cret').toString('base64'),
    ]) {
      expect(told).not.toContain(value);
    }
  });

  it('maps a namespace, in the subjects of bindings too', async () => {
    await rig.addBackup('mapped', [
      namespace('mapped'),
      configMap('mapped', 'settings'),
      {
        groupResource: 'rolebindings.rbac.authorization.k8s.io',
        object: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: 'web', namespace: 'mapped' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
          subjects: [
            { kind: 'ServiceAccount', name: 'web', namespace: 'mapped' },
            { kind: 'ServiceAccount', name: 'web', namespace: 'elsewhere' },
          ],
        },
      },
    ]);
    const spec = {
      backupName: 'mapped',
      includedNamespaces: ['mapped'],
      namespaceMapping: { mapped: 'mapped-2' },
    };
    expect(await restore(rig.job(target, 'mapped-1', spec))).toMatchObject({
      phase: 'Completed',
      counts: { created: 3 },
    });
    const binding = await get('-n', 'mapped-2', 'rolebinding', 'web');
    expect(binding.subjects.map((subject: TestObject) => subject.namespace)).toEqual([
      'mapped-2',
      'elsewhere',
    ]);
    expect((await get('namespace', 'mapped-2')).metadata.labels).toMatchObject({
      team: 'shop',
      'kubernetes.io/metadata.name': 'mapped-2',
      'velero.io/backup-name': 'mapped',
      'velero.io/restore-name': 'mapped-1',
    });
    await expect(get('namespace', 'mapped')).rejects.toThrow('NotFound');
  });

  it('merges the default service account', async () => {
    await rig.addBackup('accounts', [
      namespace('accounts'),
      {
        groupResource: 'serviceaccounts',
        object: {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: 'accounts', annotations: { team: 'shop' } },
          imagePullSecrets: [{ name: 'registry' }],
        },
      },
    ]);
    await cluster().kubectl('create', 'namespace', 'accounts');
    await cluster().kubectl(
      '-n',
      'accounts',
      'wait',
      '--for=create',
      'serviceaccount/default',
      '--timeout=20s',
    );
    await cluster().kubectl('-n', 'accounts', 'annotate', 'serviceaccount', 'default', 'own=1');
    const result = await restore(rig.job(target, 'accounts-1', { backupName: 'accounts' }));
    expect(result.counts).toMatchObject({ updated: 1 });
    const account = await get('-n', 'accounts', 'serviceaccount', 'default');
    expect(account.imagePullSecrets).toEqual([{ name: 'registry' }]);
    expect(account.metadata.annotations).toMatchObject({ team: 'shop', own: '1' });
  });

  it('uses another version of the same group where the archived one is gone, and says what replaces a kind that is gone', async () => {
    await rig.addBackup('versions', [
      namespace('versions'),
      {
        groupResource: 'poddisruptionbudgets.policy',
        object: {
          apiVersion: 'policy/v1beta1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'web', namespace: 'versions' },
          spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
        },
      },
      {
        groupResource: 'podsecuritypolicies.policy',
        object: {
          apiVersion: 'policy/v1beta1',
          kind: 'PodSecurityPolicy',
          metadata: { name: 'old' },
          spec: {},
        },
      },
    ]);
    const result = await restore(rig.job(target, 'versions-1', { backupName: 'versions' }), hasty);
    expect(result).toMatchObject({ phase: 'Completed', errors: 0, warnings: 1 });
    const outcomes = await rig.outcomes('versions-1');
    expect(outcomes.find(({ name }) => name === 'web')).toMatchObject({
      outcome: 'created',
      reason: 'policy/v1beta1 → policy/v1',
    });
    const gone = outcomes.find(({ name }) => name === 'old');
    expect(gone?.outcome).toBe('skipped');
    expect(gone?.reason).toMatch(/Pod Security/);
  });

  it('restores one object, its namespace, and nothing else', async () => {
    await rig.addBackup('single', [
      namespace('single'),
      configMap('single', 'one'),
      configMap('single', 'two'),
    ]);
    const object = { resource: 'configmap', namespace: 'single', name: 'two' };
    const result = await restore(rig.job(target, 'single-1', { backupName: 'single' }, { object }));
    expect(result).toMatchObject({ phase: 'Completed', counts: { created: 2 } });
    await get('-n', 'single', 'configmap', 'two');
    await expect(get('-n', 'single', 'configmap', 'one')).rejects.toThrow('NotFound');
    const missing = rig.job(
      target,
      'single-2',
      { backupName: 'single' },
      { object: { ...object, name: 'three' } },
    );
    expect(await restore(missing)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('configmap single/three is not in the backup'),
    });
  });

  it('binds a claim to its released volume again (policy Retain), and names a claim that comes back empty', async () => {
    const volume = (name: string, policy: string, claim: string): TestObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        persistentVolumeReclaimPolicy: policy,
        hostPath: { path: `/tmp/${name}` },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'disks', name: claim },
      },
    });
    const claim = (name: string, volumeName: string): TestObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'disks' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        resources: { requests: { storage: '1Gi' } },
        volumeName,
      },
    });
    const made = [volume('disk-kept', 'Retain', 'kept'), claim('kept', 'disk-kept')];
    await cluster().kubectl('create', 'namespace', 'disks');
    await cluster().create(made.map((one) => JSON.stringify(one)).join('\n---\n'));
    await cluster().kubectl(
      '-n',
      'disks',
      'wait',
      '--for=jsonpath={.status.phase}=Bound',
      'pvc/kept',
      '--timeout=30s',
    );
    const archived = [await get('pv', 'disk-kept'), await get('-n', 'disks', 'pvc', 'kept')];
    await cluster().kubectl('delete', 'namespace', 'disks', '--timeout=60s');
    await cluster().kubectl(
      'wait',
      '--for=jsonpath={.status.phase}=Released',
      'pv/disk-kept',
      '--timeout=30s',
    );

    const lost = { ...claim('lost', 'disk-lost'), status: { phase: 'Bound' } };
    const items: TestItem[] = [
      { groupResource: 'persistentvolumes', object: archived[0]! },
      { groupResource: 'persistentvolumeclaims', object: archived[1]! },
      { groupResource: 'persistentvolumes', object: volume('disk-lost', 'Delete', 'lost') },
      { groupResource: 'persistentvolumeclaims', object: lost },
    ];
    await rig.addBackup('disks', items);
    const result = await restore(rig.job(target, 'disks-1', { backupName: 'disks' }));
    expect(result).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
    await cluster().kubectl(
      '-n',
      'disks',
      'wait',
      '--for=jsonpath={.status.phase}=Bound',
      'pvc/kept',
      '--timeout=30s',
    );
    expect((await get('-n', 'disks', 'pvc', 'kept')).spec.volumeName).toBe('disk-kept');
    expect((await rig.results('disks-1')).errors.namespaces?.disks).toEqual([
      expect.stringMatching(
        /^persistentvolumeclaims disks\/lost: it came back without its data: its reclaim policy is Delete/,
      ),
    ]);
    await expect(get('pv', 'disk-lost')).rejects.toThrow('NotFound');

    await cluster().kubectl('-n', 'disks', 'delete', 'pvc', 'lost');
    const allowed = rig.job(target, 'disks-2', { backupName: 'disks' }, { allowEmptyVolumes: true });
    expect(await restore(allowed)).toMatchObject({ phase: 'Completed', errors: 0 });
  }, 120_000);
});
