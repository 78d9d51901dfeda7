import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import { capability } from '../../shared/operations/rights/rights-report';
import { defaultPatience } from '../../shared/operations/restore/apply/pace/patience';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { type Gateway, type GatewayAnswer, startGateway } from '../harness/gateway';
import { type WorkingInstallation, workingInstallation } from '../harness/working-installation';
import { connectTo, RestoreRig } from '../shared/operations/restore/restore-rig';
import { configMap, namespace } from './restore/items';

const key = Buffer.alloc(32, 7).toString('base64');
const page = { status: 200, contentType: 'text/html', body: Buffer.from('<html>Please log in</html>') };
const json = (document: unknown) => ({
  status: 200,
  contentType: 'application/json',
  body: Buffer.from(JSON.stringify(document)),
});
const isListOf =
  (resource: string) =>
  ({ method, path }: GatewayAnswer) =>
    method === 'GET' && new RegExp(`/${resource}(\\?|$)`).test(path);
const listOfSecrets = isListOf('secrets');
const parsed = ({ body }: GatewayAnswer) => JSON.parse(body.toString());

describeWithRealCluster('a cluster behind a gateway', (cluster) => {
  const rig = new RestoreRig();
  let gateway: Gateway;
  let lifeboat: WorkingInstallation;
  let target: Cluster;
  let count = 0;
  beforeAll(async () => {
    gateway = await startGateway(cluster());
    target = await connectTo(gateway.kubeconfig);
    await cluster().create(JSON.stringify(namespace('shop').object));
    await cluster().create(JSON.stringify(configMap('shop', 'settings').object));
    await cluster().create(JSON.stringify(gadgets));
    await cluster().kubectl('wait', '--for=condition=Established', `crd/${gadgets.metadata.name}`);
    await cluster().create(
      JSON.stringify({
        apiVersion: 'example.com/v1',
        kind: 'Gadget',
        metadata: { name: 'a', namespace: 'shop' },
      }),
    );
    await rig.addBackup('b', [namespace('new'), configMap('new', 'a'), configMap('new', 'b')]);
  });
  beforeEach(async () => {
    lifeboat = await workingInstallation({ LIFEBOAT_SEAL_KEY: key });
    const { kubeconfig } = gateway;
    await addCluster(lifeboat.installation, { name: 'a', kubeconfig });
  });
  afterEach(() => {
    gateway.rewrite = () => undefined;
    gateway.swallowsWrites = false;
  });
  afterAll(() => {
    target?.close();
    gateway?.close();
  });

  const notAnApiServer = () => new RegExp(`what answers at ${gateway.server} is not an API server`);
  const backUp = () => lifeboat.backUp('a', `b-${++count}`, { includedNamespaces: ['shop'] });
  const namespaces = () => cluster().kubectl('get', 'namespaces', '-o', 'name');
  const restoreOfCopy = async () => {
    expect(await lifeboat.backUp('a', 'shop', { includedNamespaces: ['shop'] })).toMatchObject({
      phase: 'Completed',
    });
    return () =>
      lifeboat.restore('a', `r-${++count}`, { backupName: 'shop', namespaceMapping: { shop: 'copy' } });
  };
  const plan = () => {
    const name = `p-${++count}`;
    return rehearse(rig.job(target, name, { backupName: 'b' }), {
      hashKey: randomBytes(32),
      heard: () => {},
    });
  };

  it('is backed up, planned and registered as any other where the gateway only passes on', async () => {
    expect(await backUp()).toMatchObject({ phase: 'Completed', errors: 0 });
    expect((await plan()).counts).toEqual({ created: 3 });
  });

  it('is backed up whole where the gateway cuts the parameters off Content-Type', async () => {
    gateway.rewrite = ({ contentType }) => ({ contentType: contentType.split(';')[0]! });
    const { rights } = await addCluster(lifeboat.installation, {
      name: 'cut',
      kubeconfig: gateway.kubeconfig,
    });
    expect(capability(rights, 'backup')?.extent).toBe('cluster');
    const result = await lifeboat.backUp('cut', 'cut', { includedNamespaces: ['shop'] });
    expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
    // The namespace, its ConfigMap, the account and the CA's ConfigMap that controllers make.
    expect(result.counts.items).toBeGreaterThanOrEqual(4);
    expect((await plan()).counts).toEqual({ created: 3 });
  });

  it('is backed up and restored whole where lists of more than 50 objects take too long', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `many-${n}`);
    await cluster().create(JSON.stringify(namespace('many').object));
    const items = names.map((name) => configMap('many', name).object);
    await cluster().create(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const message = 'Timeout: request did not complete within the allotted timeout';
    const slow = { ...json({ kind: 'Status', apiVersion: 'v1', reason: 'Timeout', message }), status: 504 };
    gateway.rewrite = ({ path }) => (Number(/[?&]limit=(\d+)/.exec(path)?.[1]) > 50 ? slow : undefined);

    expect(await lifeboat.backUp('a', 'many', { includedNamespaces: ['many'] })).toMatchObject({
      phase: 'Completed',
      errors: 0,
    });
    const restored = await lifeboat.restore('a', `r-${++count}`, { backupName: 'many' });
    expect(restored).toMatchObject({ phase: 'Completed', errors: 0 });
    const mapped = { backupName: 'many', namespaceMapping: { many: 'many-too' } };
    expect(await lifeboat.restore('a', `r-${++count}`, mapped)).toMatchObject({
      phase: 'Completed',
      errors: 0,
    });
    const there = await cluster().kubectl('get', 'configmaps', '-n', 'many-too', '-o', 'name');
    expect(there.split('\n').filter((line) => line.includes('many-'))).toHaveLength(60);
  });

  it.each<[string, Partial<GatewayAnswer>]>([
    ['a login page', page],
    ['an empty body', { ...page, body: Buffer.alloc(0) }],
    ['an error', json({ error: 'down' })],
  ])('ends a restore and a plan whose writes are answered with %s', async (_, answer) => {
    const restoreCopy = await restoreOfCopy();
    gateway.swallowsWrites = true;
    gateway.rewrite = ({ method }) => (method === 'GET' ? undefined : answer);
    const result = await restoreCopy();
    await expect(plan()).rejects.toThrow(notAnApiServer());

    expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringMatching(notAnApiServer()) });
    expect(await namespaces()).not.toContain('copy');
  });

  it('is not registered where a firewall blocks the question for rights', async () => {
    gateway.rewrite = blocks(/selfsubjectrulesreviews/);
    const added = addCluster(lifeboat.installation, { name: 'wrong', kubeconfig: gateway.kubeconfig });
    await expect(added).rejects.toMatchObject({ kind: 'invalid', hint: expect.stringContaining('gateways') });
  });

  it.each<[string, (answer: GatewayAnswer) => Partial<GatewayAnswer>]>([
    ['a login page', () => page],
    ['a page that nothing is found', () => ({ ...page, status: 404 })],
    ['an error', () => json({ error: 'down' })],
    ['a list of another kind', () => json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] })],
  ])('ends a backup where the list of Secrets is answered with %s', async (_, answer) => {
    gateway.rewrite = (given) => (listOfSecrets(given) ? answer(given) : undefined);
    expect(await backUp()).toMatchObject({
      phase: 'Failed',
      reason: expect.stringMatching(notAnApiServer()),
    });
  });

  it.each([
    ['kind', { apiVersion: 'v1', kind: 'ConfigMap' }],
    ['apiVersion', { apiVersion: 'v2', kind: 'Secret' }],
  ])('names an object of another %s in the list of Secrets as a miss of the backup', async (_, said) => {
    const metadata = { name: 'odd', namespace: 'shop' };
    gateway.rewrite = (given) =>
      listOfSecrets(given) ? json({ ...parsed(given), items: [{ ...said, metadata }] }) : undefined;
    expect(await backUp()).toMatchObject({ phase: 'PartiallyFailed', errors: 1 });
  });

  it.each<[string, Partial<GatewayAnswer>]>([
    ['a login page', page],
    ['a list of another kind', json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] })],
    [
      'its own list that holds another kind',
      json({ kind: 'SecretList', apiVersion: 'v1', metadata: {}, items: [configMap('shop', 'x').object] }),
    ],
  ])('loses nothing to a restore whose list of Secrets is answered with %s', async (_, answer) => {
    const live = () => cluster().kubectl('-n', 'shop', 'get', 'configmap', 'settings', '-o', 'json');
    const before = await live();
    const name = `replace-${++count}`;
    await rig.addBackup(name, [namespace('shop'), configMap('shop', 'settings', { data: { a: '2' } })]);
    const conflicts = { policy: 'replace' } as const;
    gateway.rewrite = (given) => (listOfSecrets(given) ? answer : undefined);
    const result = await restore(rig.job(target, name, { backupName: name }, { conflicts }), defaultPatience);

    expect(result).toMatchObject({ phase: 'Failed', reason: expect.stringMatching(notAnApiServer()) });
    expect(await live()).toEqual(before);
  });

  const blocked = { ...page, status: 403, body: Buffer.from('<html>Blocked by the firewall</html>') };
  const blocks =
    (path: RegExp, answer: Partial<GatewayAnswer> = blocked) =>
    (given: GatewayAnswer) =>
      path.test(given.path) ? answer : undefined;

  it.each([
    ['the definition of a kind', /customresourcedefinitions\//, 'PartiallyFailed'],
    ['the bindings of its accounts', /clusterrolebindings/, 'PartiallyFailed'],
    ['the list of namespaces', /namespaces\?/, 'Failed'],
    ['the namespace kube-system', /kube-system/, 'Failed'],
  ])('never takes a page with 403 for RBAC: a backup without %s is not Completed', async (_, path, phase) => {
    gateway.rewrite = blocks(path);
    expect(await backUp()).toMatchObject({ phase, errors: 1 });
  });

  it('does not take a namespace to exist where a firewall blocks what is asked about it', async () => {
    const restoreCopy = await restoreOfCopy();
    gateway.rewrite = ({ method, path }) =>
      method !== 'GET' || path.endsWith('/namespaces/copy') ? blocked : undefined;
    gateway.swallowsWrites = true;
    expect((await restoreCopy()).phase).not.toBe('Completed');
  });

  it.each<[string, (answer: GatewayAnswer) => Partial<GatewayAnswer> | undefined]>([
    ['a page that no API is found', blocks(/^\/apis?$/, { ...page, status: 404 })],
    [
      'the text of a default backend',
      blocks(/version/, { ...page, status: 404, body: Buffer.from('default backend - 404') }),
    ],
    ['a login page', () => page],
    [
      'an empty discovery',
      ({ path }) => (/^\/apis?$/.test(path) ? json({ kind: 'APIVersions' }) : undefined),
    ],
    [
      'another namespace than kube-system',
      (answer) =>
        answer.path.endsWith('/kube-system')
          ? json({ ...parsed(answer), metadata: { ...parsed(answer).metadata, name: 'other' } })
          : undefined,
    ],
  ])('is not registered where the gateway answers with %s', async (_, rewrite) => {
    gateway.rewrite = rewrite;
    const added = addCluster(lifeboat.installation, { name: 'wrong', kubeconfig: gateway.kubeconfig });
    await expect(added).rejects.toThrow(notAnApiServer());
  });
});

const gadgets = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};
