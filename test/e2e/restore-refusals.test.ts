import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ApiRequest, Cluster } from '../../shared/platform/kubernetes/port';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { startWebhookBackend, type WebhookBackend } from '../harness/webhook-backend';
import {
  connectTo,
  RestoreRig,
  type TestItem,
  type TestObject,
} from '../shared/operations/restore/restore-rig';
import { anything, configMap, definition, namespace } from './restore/items';

const group = 'family.example.com';
const hasty = { poll: 100, controllers: 2_000 };

/** A custom resource, with the references that its owners' uids of the backup give. */
const relative = (ns: string, plural: string, kind: string, name: string, owner?: TestObject): TestItem => ({
  groupResource: `${plural}.${group}`,
  object: {
    apiVersion: `${group}/v1`,
    kind,
    metadata: {
      name,
      namespace: ns,
      uid: `uid-${plural}-${name}`,
      ...(owner && { ownerReferences: [owner] }),
    },
  },
});
const ownedBy = (plural: string, kind: string, name: string): TestObject => ({
  apiVersion: `${group}/v1`,
  kind,
  name,
  uid: `uid-${plural}-${name}`,
  controller: true,
});

describeWithRealCluster('refusals while a real cluster is restored into', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  let sent: ApiRequest[] = [];
  const backends: WebhookBackend[] = [];

  beforeAll(async () => {
    const real = await connectTo(cluster().kubeconfig);
    target = {
      name: real.name,
      server: real.server,
      discover: (options) => real.discover(options),
      close: () => real.close(),
      request: (request) => {
        sent.push(request);
        return real.request(request);
      },
    };
  });
  afterAll(() => {
    target?.close();
    for (const backend of backends) backend.close();
  });

  const get = async (...parameters: string[]): Promise<TestObject> =>
    JSON.parse(await cluster().kubectl('get', ...parameters, '-o', 'json'));

  /** Registers a webhook for creates in one namespace. */
  const hook = async (
    ns: string,
    rule: { groups: string[]; resources: string[] },
    denies: Parameters<typeof startWebhookBackend>[0],
  ): Promise<WebhookBackend> => {
    const backend = await startWebhookBackend(denies);
    backends.push(backend);
    await cluster().create(
      JSON.stringify({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: ns },
        webhooks: [
          {
            name: `${ns}.example.com`,
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
            clientConfig: backend.clientConfig,
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ns } },
            rules: [
              {
                apiGroups: rule.groups,
                apiVersions: ['*'],
                operations: ['CREATE'],
                resources: rule.resources,
              },
            ],
          },
        ],
      }),
    );
    // A webhook works a moment after it is made.
    await cluster().kubectl('create', 'namespace', ns);
    const probe = rule.groups.includes('') ? undefined : backend;
    for (let tries = 0; tries < 50 && !probe && backend.asked.length === 0; tries++) {
      await cluster()
        .kubectl('create', 'configmap', `probe-${tries}`, '-n', ns)
        .catch(() => {});
    }
    if (probe) await new Promise((resolve) => setTimeout(resolve, 2_000));
    backend.asked.length = 0;
    return backend;
  };

  it('makes owners first, two generations deep, for a webhook that wants the new owner at create', async () => {
    const kinds = [
      ['grandparents', 'Grandparent'],
      ['bparents', 'Bparent'],
      ['achildren', 'Achild'],
    ] as const;
    await rig.addBackup('family', [
      namespace('family'),
      ...kinds.map(([plural, kind]) => definition(plural, kind, group, anything)),
      relative('family', 'grandparents', 'Grandparent', 'one'),
      ...Array.from({ length: 30 }, (_, index) => [
        relative(
          'family',
          'bparents',
          'Bparent',
          `b-${index}`,
          ownedBy('grandparents', 'Grandparent', 'one'),
        ),
        relative('family', 'achildren', 'Achild', `a-${index}`, ownedBy('bparents', 'Bparent', `b-${index}`)),
      ]).flat(),
      // In an earlier group than its owner: it is tried again once its owner is there.
      configMap(
        'family',
        'settings',
        {},
        { ownerReferences: [ownedBy('grandparents', 'Grandparent', 'one')] },
      ),
    ]);
    const backend = await hook(
      'family',
      { groups: [group, ''], resources: [...kinds.map(([plural]) => plural), 'configmaps'] },
      ({ object }) => {
        if (object.kind === 'Grandparent' || object.metadata.name === 'kube-root-ca.crt') return undefined;
        const [owner] = object.metadata.ownerReferences ?? [];
        return owner && !owner.uid.startsWith('uid-') ? undefined : { message: 'no owner' };
      },
    );
    sent = [];
    const result = await restore(rig.job(target, 'family-1', { backupName: 'family' }), hasty);
    expect((await rig.results('family-1')).errors).toEqual({});
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
    const child = await get('achildren.family.example.com', '-n', 'family', 'a-7');
    const parent = await get('bparents.family.example.com', '-n', 'family', 'b-7');
    const grandparent = await get('grandparents.family.example.com', '-n', 'family', 'one');
    expect(child.metadata.ownerReferences[0]).toMatchObject({ name: 'b-7', uid: parent.metadata.uid });
    expect(parent.metadata.ownerReferences[0].uid).toBe(grandparent.metadata.uid);
    const settings = await get('configmap', '-n', 'family', 'settings');
    expect(settings.metadata.ownerReferences[0].uid).toBe(grandparent.metadata.uid);
    // Each custom resource was sent once, with its owner.
    expect(backend.asked.filter(({ object }) => object.kind !== 'ConfigMap')).toHaveLength(61);
    expect(sent.filter(({ method }) => method === 'PATCH')).toEqual([]);
  }, 120_000);

  it('makes owners of one kind first, and ends where objects own each other in a circle', async () => {
    const chain = ['z', 'y', 'x', 'w'];
    await rig.addBackup('circle', [
      namespace('circle'),
      definition('links', 'Link', group, anything),
      ...chain.map((name, index) =>
        relative(
          'circle',
          'links',
          'Link',
          name,
          index ? ownedBy('links', 'Link', chain[index - 1]!) : undefined,
        ),
      ),
      relative('circle', 'links', 'Link', 'round-a', ownedBy('links', 'Link', 'round-b')),
      relative('circle', 'links', 'Link', 'round-b', ownedBy('links', 'Link', 'round-a')),
    ]);
    const backend = await hook('circle', { groups: [group], resources: ['*'] }, () => undefined);
    const result = await restore(rig.job(target, 'circle-1', { backupName: 'circle' }), hasty);
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
    const { items } = await get('links.family.example.com', '-n', 'circle');
    const uids = new Map(items.map(({ metadata }: TestObject) => [metadata.name, metadata.uid]));
    const owners = new Map(
      items.map(({ metadata }: TestObject) => [metadata.name, metadata.ownerReferences?.[0]?.uid]),
    );
    expect(owners.get('w')).toBe(uids.get('x'));
    expect(owners.get('x')).toBe(uids.get('y'));
    expect(owners.get('round-a')).toBe(uids.get('round-b'));
    expect(owners.get('round-b')).toBe(uids.get('round-a'));
    expect(backend.asked.find(({ name }) => name === 'w')?.object.metadata.ownerReferences[0].uid).toBe(
      uids.get('x'),
    );
  }, 120_000);

  it('sends again what a webhook denied, whatever its words, and every object that it denied', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `m-${String(index).padStart(2, '0')}`);
    await rig.addBackup('denied', [
      namespace('denied'),
      ...names.map((name) => configMap('denied', name)),
      {
        groupResource: 'services',
        object: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'key', namespace: 'denied' },
          spec: { ports: [{ port: 80 }] },
        },
      },
    ]);
    let hasKey = false;
    await hook('denied', { groups: [''], resources: ['configmaps', 'services'] }, ({ name, object }) => {
      if (object.kind === 'Service') hasKey = true;
      if (object.kind === 'Service' || name === 'm-59') return undefined;
      return hasKey && name < 'm-50' ? undefined : { message: `come back, ${name}`, code: 422 };
    });
    const began = Date.now();
    const result = await restore(rig.job(target, 'denied-1', { backupName: 'denied' }), hasty);
    const failed = (await rig.outcomes('denied-1')).filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ name }) => name).sort()).toEqual(names.slice(50, 59));
    expect(failed[0]?.reason).toMatch(/denied the request: come back, m-5/);
    expect(result.phase).toBe('PartiallyFailed');
    expect(Date.now() - began).toBeLessThan(30_000);
  }, 120_000);

  it('sends again what a policy denied for want of its parameters', async () => {
    await cluster().create(
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'admissionregistration.k8s.io/v1',
            kind: 'ValidatingAdmissionPolicy',
            metadata: { name: 'wants-params' },
            spec: {
              failurePolicy: 'Fail',
              paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
              matchConstraints: {
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'governed' } },
                resourceRules: [
                  { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] },
                ],
              },
              validations: [{ expression: 'params.data.a == "1"' }],
            },
          },
          {
            apiVersion: 'admissionregistration.k8s.io/v1',
            kind: 'ValidatingAdmissionPolicyBinding',
            metadata: { name: 'wants-params' },
            spec: {
              policyName: 'wants-params',
              paramRef: { name: 'rules', namespace: 'governed', parameterNotFoundAction: 'Deny' },
              validationActions: ['Deny'],
            },
          },
        ],
      }),
    );
    await cluster().kubectl('create', 'namespace', 'governed');
    const secret = (name: string): TestItem => ({
      groupResource: 'secrets',
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'governed' } },
    });
    for (let tries = 0; tries < 60; tries++) {
      const made = await cluster()
        .kubectl('create', 'secret', 'generic', `probe-${tries}`, '-n', 'governed')
        .catch(() => undefined);
      if (made === undefined) break;
    }
    await rig.addBackup('governed', [
      namespace('governed'),
      secret('a'),
      secret('b'),
      configMap('governed', 'rules'),
    ]);
    const result = await restore(rig.job(target, 'governed-1', { backupName: 'governed' }), { poll: 100 });
    expect((await rig.results('governed-1')).errors).toEqual({});
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
  }, 120_000);

  it('ends at once with an object that is invalid, and waits no longer than the request says for a webhook that is gone', async () => {
    await rig.addBackup('hopeless', [
      namespace('hopeless'),
      configMap('hopeless', 'good'),
      configMap('hopeless', 'bad', { data: { 'no/key': '1' } }),
    ]);
    const began = Date.now();
    const result = await restore(rig.job(target, 'hopeless-1', { backupName: 'hopeless' }));
    expect(result).toMatchObject({ phase: 'PartiallyFailed', counts: { created: 2, failed: 1 } });
    expect(Date.now() - began).toBeLessThan(5_000);

    const backend = await hook('gone', { groups: [''], resources: ['configmaps'] }, () => undefined);
    backend.close();
    await rig.addBackup('gone', [namespace('gone'), configMap('gone', 'behind')]);
    const messages: string[] = [];
    const job = rig.job(target, 'gone-1', { backupName: 'gone' }, { resourceTimeout: '3s' });
    const gone = Date.now();
    const failed = await restore({ ...job, progress: ({ message = '' }) => messages.push(message) });
    expect(failed).toMatchObject({ phase: 'PartiallyFailed', counts: { failed: 1 } });
    expect(Date.now() - gone).toBeGreaterThan(2_500);
    expect(Date.now() - gone).toBeLessThan(20_000);
    expect(messages.join('\n')).toMatch(
      /1 objects are refused still \(webhook gone.example.com\); waiting \ds more/,
    );
  }, 120_000);

  it('names the object that holds a CRD in deletion, and restores both once it lets go', async () => {
    await rig.addBackup('held', [
      namespace('held'),
      definition('holders', 'Holder', group, anything),
      relative('held', 'holders', 'Holder', 'wanted'),
    ]);
    await cluster().create(JSON.stringify(definition('holders', 'Holder', group, anything).object));
    await cluster().kubectl('wait', '--for=condition=Established', `crd/holders.${group}`, '--timeout=20s');
    await cluster().kubectl('create', 'namespace', 'held');
    const holder = relative('held', 'holders', 'Holder', 'stuck').object as TestObject;
    holder.metadata.finalizers = ['example.com/hold'];
    await cluster().create(JSON.stringify(holder));
    await cluster().kubectl('delete', `crd/holders.${group}`, '--wait=false');
    const stuck = [
      'get',
      `holders.${group}`,
      'stuck',
      '-n',
      'held',
      '-o',
      'jsonpath={.metadata.deletionTimestamp}',
    ];
    for (let tries = 0; tries < 40 && (await cluster().kubectl(...stuck)) === ''; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const hurried = rig.job(target, 'held-1', { backupName: 'held' }, { resourceTimeout: '1s' });
    expect(await restore(hurried, hasty)).toMatchObject({ phase: 'PartiallyFailed', errors: 2 });
    const reasons = (await rig.outcomes('held-1')).filter(({ outcome }) => outcome === 'failed');
    expect(reasons.map(({ reason }) => reason).join('\n')).toMatch(
      /held by holders.family.example.com held\/stuck with the finalizers example.com\/hold/,
    );

    const waiting = restore(rig.job(target, 'held-2', { backupName: 'held' }), hasty);
    const free = '{"metadata":{"finalizers":[]}}';
    await cluster().kubectl('patch', `holders.${group}`, 'stuck', '-n', 'held', '--type=merge', '-p', free);
    expect(await waiting).toMatchObject({ phase: 'Completed', errors: 0 });
    expect((await get(`holders.${group}`, 'wanted', '-n', 'held')).metadata.name).toBe('wanted');
  }, 120_000);
});
