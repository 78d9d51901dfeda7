import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock } from '../../shared/platform/system';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { type Gateway, type GatewayAnswer, startGateway } from '../harness/gateway';
import { MemoryBucket } from '../harness/memory-bucket';
import { quickClock } from '../harness/quick-clock';
import { type WorkingInstallation, workingInstallation } from '../harness/working-installation';
import { configMap, namespace } from './restore/items';

const key = Buffer.alloc(32, 7).toString('base64');
/** Minutes pass in seconds. */
const factor = 40;
const outage = 90_000;

describeWithRealCluster('an API server that is away for 90 seconds', (cluster) => {
  let gateway: Gateway;
  let lifeboat: WorkingInstallation;
  let back: Promise<void> | undefined;
  beforeAll(async () => {
    gateway = await startGateway(cluster());
    await cluster().create(crd);
    await cluster().kubectl('wait', '--for=condition=Established', 'crd/gadgets.example.com');
    await cluster().create(JSON.stringify(namespace('shop').object));
    for (let n = 0; n < 10; n++) await cluster().create(JSON.stringify(configMap('shop', `c${n}`).object));
    await cluster().create(gadget);
  });
  beforeEach(async () => {
    back = undefined;
    gateway.rewrite = () => undefined;
    const bucket = new MemoryBucket(systemClock);
    lifeboat = await workingInstallation({ LIFEBOAT_SEAL_KEY: key }, bucket, quickClock(factor));
    await addCluster(lifeboat.installation, { name: 'a', kubeconfig: gateway.kubeconfig });
  });
  afterEach(() => back);
  afterAll(() => gateway?.close());

  /** The gateway goes away with the answer to the first request of this kind. */
  const goesAwayAt = (isIt: (answer: GatewayAnswer) => boolean) => {
    gateway.rewrite = (answer) => {
      if (!back && isIt(answer)) back = gateway.goAway(outage / factor);
      return undefined;
    };
  };
  const answersFor90Seconds = (status: number) => (isIt: (answer: GatewayAnswer) => boolean) => {
    let until: number | undefined;
    gateway.rewrite = (answer) => {
      if (until === undefined && isIt(answer)) until = Date.now() + outage / factor;
      if (until === undefined || Date.now() > until) return undefined;
      return { status, contentType: 'text/html', body: Buffer.from('<html><title>Sorry</title></html>') };
    };
  };
  const shop = { includedNamespaces: ['shop'] };
  const isListOf = (resource: string) => (answer: GatewayAnswer) =>
    new RegExp(`/${resource}\\?limit`).test(answer.path);

  it.each([
    ['is away when the lists begin', goesAwayAt, 'pods'],
    ['goes away at a list of a group of its own', goesAwayAt, 'deployments'],
    ['goes away at a list of a custom resource', goesAwayAt, 'gadgets'],
    ['is away behind a gateway that answers 503', answersFor90Seconds(503), 'gadgets'],
    ['is away behind a gateway that answers 504', answersFor90Seconds(504), 'gadgets'],
  ] as const)('does not keep a backup from being Completed where it %s', async (_, goes, resource) => {
    goes(isListOf(resource));
    expect(await lifeboat.backUp('a', 'b', shop)).toMatchObject({ phase: 'Completed', errors: 0 });
  });

  it.each([
    ['refuses connections', goesAwayAt],
    ['is away behind a gateway that answers 504', answersFor90Seconds(504)],
  ] as const)(
    'does not keep a restore from being Completed in the same attempt where it %s',
    async (_, goes) => {
      expect(await lifeboat.backUp('a', 'b', shop)).toMatchObject({ phase: 'Completed' });
      goes(({ method, path }) => method === 'POST' && path.includes('/configmaps'));
      const target = goes === goesAwayAt ? 'copy' : 'copy-too';
      const restored = await lifeboat.restore('a', 'r', {
        backupName: 'b',
        namespaceMapping: { shop: target },
      });
      expect(restored).toMatchObject({ phase: 'Completed', errors: 0, attempts: 1 });
      const there = await cluster().kubectl('get', 'configmaps,gadgets', '-n', target, '-o', 'name');
      expect(there.split('\n').filter((line) => /c\d$|gadget/.test(line))).toHaveLength(11);
    },
  );

  it('is waited for by a backup that begins while it is away', async () => {
    back = gateway.goAway(outage / factor);
    expect(await lifeboat.backUp('a', 'b', shop)).toMatchObject({ phase: 'Completed', errors: 0 });
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
const gadget = `
apiVersion: example.com/v1
kind: Gadget
metadata: {name: one, namespace: shop}
`;
