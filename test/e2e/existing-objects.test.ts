import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { LifeboatError } from '../../shared/platform/errors';
import type { Conflicts } from '../../shared/formats/manifests/conflict-policy';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import {
  connectTo,
  heldLease,
  RestoreRig,
  type TestItem,
  type TestObject,
} from '../shared/operations/restore/restore-rig';
import { anything, configMap, definition, namespace } from './restore/items';

/** Waits are short where a test shows what happens when they end. */
const hasty = { resources: 500, controllers: 500, termination: 1_500, poll: 100 };

describeWithRealCluster('a restore that meets objects which exist', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  let count = 0;
  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
  });
  afterAll(() => target?.close());

  const get = async (...parameters: string[]): Promise<TestObject> =>
    JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));
  const create = (object: object) => cluster().create(JSON.stringify(object));

  /** Restores items and returns the result, with the outcome and reason of each object by `Kind/name`. */
  const restored = async (items: TestItem[], conflicts?: Conflicts, spec: object = {}) => {
    const name = `existing-${++count}`;
    await rig.addBackup(name, items);
    const job = rig.job(target, `${name}-r`, { backupName: name, ...spec }, { conflicts });
    const result = await restore(job, hasty);
    const outcomes = await rig.outcomes(`${name}-r`);
    return {
      result,
      of: (kindAndName: string) => {
        const one = outcomes.find(({ kind, name }) => `${kind}/${name}` === kindAndName);
        return one && { outcome: one.outcome, reason: one.reason };
      },
    };
  };

  /** Tries until it works, for ten seconds. */
  const eventually = async (check: () => Promise<void>) => {
    for (let tries = 50; ; tries--) {
      const fault = await check().catch((error: unknown) => error ?? 'failed');
      if (!fault) return;
      if (tries === 0) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  const policy = (name: string, spec: object): TestItem => ({
    groupResource: 'networkpolicies.networking.k8s.io',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace: 'empties' },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec },
    },
  });

  it('tells an empty value from an absent one where the API server keeps it, and only there', async () => {
    await create(namespace('empties').object as object);
    await create(definition('gadgets', 'Gadget', 'empties.example.com', anything).object as object);
    await cluster().kubectl('wait', '--for=condition=Established', 'crd/gadgets.empties.example.com');
    const gadget = (spec: object): TestItem => ({
      groupResource: 'gadgets.empties.example.com',
      object: {
        apiVersion: 'empties.example.com/v1',
        kind: 'Gadget',
        metadata: { name: 'gadget', namespace: 'empties' },
        spec,
      },
    });
    const template: TestItem = {
      groupResource: 'podtemplates',
      object: {
        apiVersion: 'v1',
        kind: 'PodTemplate',
        metadata: { name: 'template', namespace: 'empties' },
        template: {
          spec: {
            containers: [{ name: 'web', image: 'web' }],
            volumes: [{ name: 'cache', emptyDir: {} }],
          },
        },
      },
    };
    const role = (more: object): TestItem => ({
      groupResource: 'roles.rbac.authorization.k8s.io',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'role', namespace: 'empties' },
        ...more,
      },
    });
    const live = [
      policy('peers', { ingress: [{ from: [{ namespaceSelector: {} }] }] }),
      policy('none', {}),
      gadget({ list: [], map: {}, text: '' }),
      template,
      role({}),
    ];
    for (const { object } of live) await create(object as object);
    const defaulted = await get('-n', 'empties', 'podtemplate', 'template');
    Object.assign(defaulted.template.metadata, { creationTimestamp: null, labels: {} });
    Object.assign(defaulted.template.spec.containers[0], { env: [], command: [] });
    Object.assign(defaulted.template.spec.volumes[0].emptyDir, { medium: '' });
    const backup = [
      policy('peers', { ingress: [{ from: [{ podSelector: {} }] }] }),
      // The API server drops these.
      policy('none', { ingress: [], egress: [] }),
      role({ rules: [] }),
      { ...template, object: defaulted },
      // And keeps these.
      gadget({}),
    ];

    const seen = await restored(backup);
    expect(seen.of('NetworkPolicy/peers')).toMatchObject({ outcome: 'different' });
    expect(seen.of('Gadget/gadget')).toEqual({
      outcome: 'different',
      reason: 'spec.list, spec.map, spec.text',
    });
    for (const same of ['NetworkPolicy/none', 'Role/role', 'PodTemplate/template']) {
      expect([same, seen.of(same)?.outcome]).toEqual([same, 'same']);
    }
    const refused = await restored(backup, { policy: 'fail' });
    expect(refused.result.counts).toMatchObject({ failed: 2 });

    const merged = await restored([backup[0]!, gadget({ list: [], more: {} })], { policy: 'merge' });
    expect(merged.result.counts).toMatchObject({ updated: 2 });
    expect((await get('-n', 'empties', 'networkpolicy', 'peers')).spec.ingress).toEqual([
      { from: [{ podSelector: {} }] },
    ]);
    expect((await get('-n', 'empties', 'gadget', 'gadget')).spec).toEqual({
      list: [],
      map: {},
      text: '',
      more: {},
    });
    const updated = await restored(backup, { policy: 'update' });
    expect(updated.of('Gadget/gadget')).toMatchObject({ outcome: 'updated' });
    expect((await get('-n', 'empties', 'gadget', 'gadget')).spec).toEqual({});
    expect((await restored(backup, { policy: 'update' })).result.counts).toEqual({ same: 6 });
  }, 60_000);

  it('says that a headless Service differs from one with an address, which no update gives it', async () => {
    await create(namespace('headless').object as object);
    const service = (name: string, spec: object): TestItem => ({
      groupResource: 'services',
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: 'headless' },
        spec: {
          type: 'ClusterIP',
          sessionAffinity: 'None',
          selector: { app: 'a' },
          ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
          ...spec,
        },
      },
    });
    const address = { clusterIP: '10.0.0.77', clusterIPs: ['10.0.0.77'] };
    const items = ['alone', 'more'].map((name) =>
      service(name, { ...address, ...(name === 'more' && { selector: { app: 'b' } }) }),
    );
    for (const name of ['alone', 'more']) {
      await create(service(name, { clusterIP: 'None' }).object as object);
    }
    const addresses = 'spec.clusterIP, spec.clusterIPs';

    expect((await restored(items)).of('Service/alone')).toEqual({ outcome: 'different', reason: addresses });
    expect((await restored(items, { policy: 'fail' })).result.counts).toMatchObject({ failed: 2 });
    const reason = `${addresses}; a Service stays headless until it is made again`;
    for (const policy of ['update', 'merge'] as const) {
      const seen = await restored(items, { policy });
      expect(seen.of('Service/alone')).toEqual({ outcome: 'different', reason });
      expect(seen.of('Service/more')).toEqual({ outcome: 'different', reason });
      const { spec } = await get('-n', 'headless', 'service', 'more');
      expect(spec).toMatchObject({ clusterIP: 'None', selector: { app: 'b' } });
    }
    expect((await restored(items, { policy: 'replace' })).result.counts).toMatchObject({ recreated: 2 });
    expect((await get('-n', 'headless', 'service', 'alone')).spec.clusterIP).not.toBe('None');
    expect((await restored(items, { policy: 'update' })).result.counts).toEqual({ same: 3 });
  }, 60_000);

  it('finds an object the same to which a policy of the cluster adds labels and annotations', async () => {
    await create(namespace('mutated').object as object);
    const admission = 'admissionregistration.k8s.io/v1';
    const inNamespace = { 'kubernetes.io/metadata.name': 'mutated' };
    await create({
      apiVersion: admission,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: 'adds' },
      spec: {
        matchConstraints: {
          namespaceSelector: { matchLabels: inNamespace },
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['secrets'],
            },
          ],
        },
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        mutations: [
          {
            patchType: 'ApplyConfiguration',
            applyConfiguration: {
              expression:
                'Object{metadata: Object.metadata{labels: {"added": "yes"}, annotations: {"added": "yes"}}}',
            },
          },
        ],
      },
    });
    await create({
      apiVersion: admission,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name: 'adds' },
      spec: { policyName: 'adds' },
    });
    const secret = (name: string, labels?: object): TestItem => ({
      groupResource: 'secrets',
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: 'mutated', labels },
        type: 'Opaque',
        data: { a: 'YQ==' },
      },
    });
    await eventually(async () => {
      await create(secret(`probe-${++count}`).object as object);
      const { metadata } = await get('-n', 'mutated', 'secret', `probe-${count}`);
      expect(metadata.labels).toEqual({ added: 'yes' });
    });
    const items = [secret('plain'), secret('labelled', { own: 'yes' })];
    expect((await restored(items)).result.counts).toEqual({ same: 1, created: 2 });

    for (const policy of ['skip', 'update', 'merge', 'replace', 'fail'] as const) {
      expect((await restored(items, { policy })).result.counts).toEqual({ same: 3 });
    }
    // What nobody adds again is a difference still.
    await cluster().kubectl('-n', 'mutated', 'label', 'secret', 'plain', 'more=yes');
    expect((await restored(items)).of('Secret/plain')).toMatchObject({ outcome: 'different' });
    expect((await restored(items, { policy: 'update' })).of('Secret/plain')).toMatchObject({
      outcome: 'updated',
    });
  }, 60_000);

  it('finds equal objects the same and makes updates where quota, policy and PodSecurity refuse every create', async () => {
    const pod: TestItem = {
      groupResource: 'pods',
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'privileged', namespace: 'full' },
        spec: { containers: [{ name: 'web', image: 'web', securityContext: { privileged: true } }] },
      },
    };
    const service: TestItem = {
      groupResource: 'services',
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'full' },
        spec: { ports: [{ port: 80 }], selector: { app: 'web' } },
      },
    };
    const ns: TestItem = {
      groupResource: 'namespaces',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'full' } },
    };
    const secret = (name: string, value: string): TestItem => ({
      groupResource: 'secrets',
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: 'full' },
        type: 'Opaque',
        data: { value },
      },
    });
    const made = [
      ns,
      configMap('full', 'equal'),
      configMap('full', 'other'),
      secret('s', 'YQ=='),
      service,
      pod,
    ];
    for (const { object } of made) await create(object as object);
    const livePod = await get('-n', 'full', 'pod', 'privileged');
    const liveService = await get('-n', 'full', 'service', 'web');
    await cluster().kubectl('label', 'namespace', 'full', 'pod-security.kubernetes.io/enforce=baseline');
    await create({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'full', namespace: 'full' },
      spec: { hard: { 'count/configmaps': '2' } },
    });
    await create({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'no-secrets' },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] },
          ],
        },
        validations: [{ expression: 'false', message: 'no Secrets are made here' }],
      },
    });
    await create({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'no-secrets' },
      spec: {
        policyName: 'no-secrets',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'full' } } },
      },
    });
    // The quota counts, and the policy is in force, after a moment.
    await eventually(async () => {
      const extra = JSON.stringify(secret('extra', 'YQ==').object);
      await expect(cluster().create(extra)).rejects.toThrow('no Secrets');
      const more = JSON.stringify(configMap('full', 'more').object);
      await expect(cluster().create(more)).rejects.toThrow('exceeded quota');
    });

    const backup = [
      configMap('full', 'equal'),
      configMap('full', 'other', { data: { a: '2' } }),
      secret('s', 'YQ=='),
      secret('new', 'YQ=='),
      { ...service, object: liveService },
      { ...pod, object: livePod },
    ];
    const skipped = await restored(backup);
    expect(skipped.result.counts).toEqual({ same: 5, different: 1, failed: 1 });
    expect(skipped.of('Secret/new')?.reason).toContain('no Secrets are made here');

    // What could not be made again is not deleted.
    const uid = (await get('-n', 'full', 'secret', 's')).metadata.uid;
    const changed = [secret('s', 'Yg==')];
    const replaced = await restored(changed, { policy: 'replace' });
    expect(replaced.of('Secret/s')).toEqual({
      outcome: 'failed',
      reason: expect.stringContaining('no Secrets are made here'),
    });
    expect((await get('-n', 'full', 'secret', 's')).metadata.uid).toBe(uid);
    expect((await restored(changed, { policy: 'fail' })).of('Secret/s')?.reason).toContain('data.value');
    const updated = await restored([...backup.slice(0, 2), ...changed], { policy: 'update' });
    expect(updated.result.counts).toEqual({ same: 2, updated: 2 });
  }, 60_000);

  it('takes no object for its own by its labels, and tells after a killed worker what each attempt did', async () => {
    const ours = (restoreName: string) => ({ labels: { 'velero.io/restore-name': restoreName } });
    const secret = (value: string): TestItem => ({
      groupResource: 'secrets',
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'fixed', namespace: 'owned' },
        type: 'Opaque',
        immutable: true,
        data: { value },
      },
    });
    const maps = Array.from({ length: 60 }, (_, index) => `settings-${index}`);
    await create(namespace('owned').object as object);
    await create(secret('YQ==').object as object);
    for (const name of maps.slice(0, 20)) await create(configMap('owned', name).object as object);
    await create(configMap('owned', 'copied', {}, ours('killed-r')).object as object);
    const backup = [
      secret('Yg=='),
      configMap('owned', 'copied', { data: { a: '2' } }),
      ...maps.map((name) => configMap('owned', name, { data: { a: '2' } })),
    ];
    await rig.addBackup('killed', backup);
    const job = (attempt: number) =>
      rig.job(
        target,
        'killed-r',
        { backupName: 'killed' },
        { conflicts: { policy: 'update' }, lease: heldLease(attempt) },
      );

    // Times of objects have no more than seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const first = job(1);
    const lease = first.lease as ReturnType<typeof heldLease>;
    let updates = 0;
    let turn = Promise.resolve();
    const dying: Cluster = {
      name: target.name,
      server: target.server,
      discover: (options) => target.discover(options),
      close: () => {},
      request: async (request) => {
        if (request.method !== 'PATCH') return target.request(request);
        // One after the other, for several records before the worker dies.
        turn = turn.then(() => new Promise((resolve) => setTimeout(resolve, 300)));
        await turn;
        if (++updates === 12) lease.lose(new LifeboatError('lost-lease', 'taken over'));
        return target.request(request);
      },
    };
    const killed = restore({ ...first, cluster: dying });
    await expect(killed).rejects.toThrow('taken over');

    const result = await restore(job(2), hasty);
    const outcomes = await rig.outcomes('killed-r');
    expect(outcomes.find(({ name }) => name === 'fixed')?.outcome).toBe('different');
    expect((await get('-n', 'owned', 'secret', 'fixed')).metadata.labels).toBeUndefined();
    expect((await get('-n', 'owned', 'configmap', 'copied')).data).toEqual({ a: '2' });
    // An update of the last second is not recorded: the second attempt finds the object equal.
    const { updated = 0, same = 0 } = result.counts;
    expect(result.counts).toEqual({ created: 40, different: 1, updated, same });
    // The namespace is the one that nobody changed.
    expect(updated + same).toBe(21 + 1);
    expect(same - 1).toBeLessThanOrEqual(5);
    const earlier = outcomes.filter(({ reason }) => reason === 'in an earlier attempt');
    expect(earlier.length).toBeGreaterThanOrEqual(3);
    expect(new Set(earlier.map(({ outcome }) => outcome))).toEqual(new Set(['updated']));

    // An object that an operator made with the restore's labels is another one.
    await create(configMap('owned', 'by-operator', {}, ours('copies-r')).object as object);
    await rig.addBackup('copies', [configMap('owned', 'by-operator', { data: { a: '2' } })]);
    const skipped = await restore(rig.job(target, 'copies-r', { backupName: 'copies' }));
    expect(skipped.counts).toMatchObject({ different: 1 });
  }, 60_000);
});
