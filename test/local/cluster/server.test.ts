import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../local/cluster/server';
import { RawClient } from '../../contract/cluster-client';

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: disk}
provisioner: disk.example.com
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: orders.shop.example.com}
spec:
  group: shop.example.com
  scope: Namespaced
  names: {plural: orders, kind: Order}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---
apiVersion: shop.example.com/v1
kind: Order
metadata: {name: big, namespace: shop}
spec: {amount: 9007199254740993}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "example.com/db:1"}]}
  volumeClaimTemplates:
  - metadata: {name: data}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: disk
      resources: {requests: {storage: 1Gi}}
`;

describe('the sandbox cluster', () => {
  const open: { close(): unknown }[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
    for (const each of folders.splice(0)) await rm(each, { recursive: true, force: true });
  });

  const start = async (options: Parameters<typeof startSandboxCluster>[0] = {}) => {
    const cluster = await startSandboxCluster(options);
    open.push(cluster);
    return { cluster, client: connect(cluster) };
  };
  const connect = (cluster: SandboxCluster) => {
    const client = new RawClient({ ...cluster, stop: () => cluster.close() });
    open.push(client);
    return client;
  };

  it('says of itself that it is a sandbox', async () => {
    const { client } = await start();

    expect((await client.get('/version')).json.gitVersion).toBe('v1.37.2-sandbox');
  });

  it('gives a kubeconfig with all it takes and nothing to execute', async () => {
    const { cluster } = await start({ name: 'mine' });

    expect(cluster.kubeconfig).toContain(`server: ${cluster.server}`);
    expect(cluster.kubeconfig).toContain(cluster.token);
    expect(cluster.kubeconfig).toContain('current-context: mine');
    expect(cluster.kubeconfig).not.toContain('exec');
  });

  it('loads an application and makes it look alive: claims bound, pods ready', async () => {
    const { cluster, client } = await start();
    await cluster.load(shop);

    const claim = await client.get('/api/v1/namespaces/shop/persistentvolumeclaims/data-db-0');
    expect(claim.json.status.phase).toBe('Bound');
    const volume = await client.get(`/api/v1/persistentvolumes/${claim.json.spec.volumeName}`);
    expect(volume.json).toMatchObject({
      spec: { claimRef: { name: 'data-db-0', namespace: 'shop', uid: claim.json.metadata.uid } },
      status: { phase: 'Bound' },
    });
    const pod = await client.get('/api/v1/namespaces/shop/pods/db-0');
    expect(pod.json.status.phase).toBe('Running');
    const set = await client.get('/apis/apps/v1/namespaces/shop/statefulsets/db');
    expect(set.json.status).toMatchObject({ replicas: 1, readyReplicas: 1 });
  });

  it('leaves claims pending where it is told to', async () => {
    const { cluster, client } = await start({ provisionClaims: false });
    await cluster.load(shop);

    const claim = await client.get('/api/v1/namespaces/shop/persistentvolumeclaims/data-db-0');
    expect(claim.json.status.phase).toBe('Pending');
    expect((await client.get('/api/v1/persistentvolumes')).json.items).toEqual([]);
  });

  it('ends a namespace with everything in it, and the volumes that are not to be kept', async () => {
    const { cluster, client } = await start();
    await cluster.load(shop);
    await client.delete('/api/v1/namespaces/shop');
    await cluster.settled();

    expect((await client.get('/api/v1/namespaces/shop')).status).toBe(404);
    expect((await client.get('/api/v1/persistentvolumes')).json.items).toEqual([]);
    expect((await client.get('/api/v1/pods')).json.items).toEqual([]);
  });

  it('goes on from its folder of YAML: same objects, same identity', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lifeboat-sandbox-'));
    folders.push(directory);
    const first = await startSandboxCluster({ directory });
    await first.load(shop);
    const before = connect(first);
    const paths = [
      '/api/v1/namespaces/shop',
      '/apis/apps/v1/namespaces/shop/statefulsets/db',
      '/apis/shop.example.com/v1/namespaces/shop/orders/big',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin',
    ];
    const saved = await Promise.all(paths.map(async (path) => (await before.get(path)).text));
    await before.delete('/api/v1/namespaces/shop/configmaps/kube-root-ca.crt');
    await first.settled();
    await first.close();

    const { cluster: second, client } = await start({ directory });
    const found = await Promise.all(paths.map(async (path) => (await client.get(path)).text));

    expect(found.map((text) => JSON.parse(text))).toEqual(saved.map((text) => JSON.parse(text)));
    expect(found[2]).toContain('9007199254740993');
    expect(second.token).toBe(first.token);
    expect(second.ca).toBe(first.ca);
    const order = await readFile(join(directory, 'orders.shop.example.com/shop/big.yaml'), 'utf8');
    expect(order).toContain('amount: 9007199254740993');
    const files = await readdir(directory, { recursive: true });
    expect(files.filter((file) => file.endsWith('.part'))).toEqual([]);
  });

  it('lets faults strike where they are told to, and no more often', async () => {
    const { cluster, client } = await start();
    cluster.faults.add({ method: 'GET', path: '/api/v1/pods', status: 429, retryAfter: 3, count: 2 });

    const answers = [];
    for (let count = 0; count < 3; count += 1) answers.push(await client.get('/api/v1/pods'));

    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers['retry-after']).toBe('3');
    expect(answers[0]?.json).toMatchObject({ reason: 'TooManyRequests', details: { retryAfterSeconds: 3 } });
  });

  it('cuts a connection before or after the work is done', async () => {
    const { cluster, client } = await start();
    const path = '/api/v1/namespaces/default/configmaps';
    cluster.faults.add({ method: 'POST', reset: 'before' });
    await expect(client.post(path, { metadata: { name: 'before' } })).rejects.toThrow();
    cluster.faults.add({ method: 'POST', reset: 'after' });
    await expect(client.post(path, { metadata: { name: 'after' } })).rejects.toThrow();

    expect((await client.get(`${path}/before`)).status).toBe(404);
    expect((await client.get(`${path}/after`)).status).toBe(200);
  });

  it('shows a group as stale for as long as it is told to', async () => {
    const { cluster, client } = await start();
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    cluster.faults.staleGroup('metrics.example.com', 'v1');
    const during = await client.get('/apis', { headers: { accept } });
    cluster.faults.clear();
    const after = await client.get('/apis', { headers: { accept } });

    expect(during.text).toContain('"freshness":"Stale"');
    expect(after.text).not.toContain('Stale');
  });

  it('compresses large answers for those who ask', async () => {
    const { client } = await start();
    const big = { metadata: { name: 'big' }, data: { k: 'x'.repeat(200_000) } };
    await client.post('/api/v1/namespaces/default/configmaps', big);
    const headers = { 'accept-encoding': 'gzip' };
    const large = await client.get('/api/v1/configmaps', { headers });
    const small = await client.get('/api/v1/namespaces', { headers });

    expect(large.headers['content-encoding']).toBe('gzip');
    expect(small.headers['content-encoding']).toBeUndefined();
  });
});
