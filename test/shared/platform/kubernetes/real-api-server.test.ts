import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  collectionPath,
  listPath,
  objectPath,
  withQuery,
} from '../../../../shared/platform/kubernetes/api-path';
import {
  type ApiResource,
  apiVersion,
  groupResource,
} from '../../../../shared/platform/kubernetes/api-resource';
import { connect } from '../../../../shared/platform/kubernetes/connection';
import { sanitiseKubeconfig } from '../../../../shared/platform/kubernetes/kubeconfig';
import { type ListPageOfItems, listPages } from '../../../../shared/platform/kubernetes/list';
import { listEverywhere } from '../../../../shared/platform/kubernetes/list-everywhere';
import type { Cluster, DiscoverOptions } from '../../../../shared/platform/kubernetes/port';
import { resolveResource } from '../../../../shared/platform/kubernetes/resolve-resource';
import { editJson } from '../../../../shared/platform/kubernetes/spans';
import { expectSuccess, statusOf } from '../../../../shared/platform/kubernetes/status';
import { discover } from '../../../../shared/platform/kubernetes/discovery';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { describeWithRealCluster, type RealClusterChoice } from '../../../harness/describe-with-real-cluster';
import type { RealCluster } from '../../../../local/control-plane/real-cluster';

const deps = { clock: systemClock, random: systemRandom };
const open = (kubeconfig: string) =>
  connect('real', sanitiseKubeconfig(kubeconfig, { allowLoopback: true }), deps, { allowLoopback: true });

const core = (resource: string, namespaced = true) => ({ group: '', version: 'v1', resource, namespaced });
const configMap = (name: string, data: object = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

for (const choice of ['current', 'old'] satisfies RealClusterChoice[]) {
  describeWithRealCluster(
    `the cluster module on a real API server (${choice})`,
    (real) => suite(real),
    // Old revisions are compacted away every few seconds, so that lists expire while a test waits.
    { choice, extraApiServerFlags: ['--etcd-compaction-interval=3s'] },
  );
}

function suite(real: () => RealCluster) {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await open(real().kubeconfig);
    for (const name of ['full', 'empty']) await real().kubectl('create', 'namespace', name);
  });
  afterAll(() => cluster?.close());

  const isOld = () => real().version.startsWith('v1.20.');
  const create = async (path: string, body: string) =>
    expectSuccess(await cluster.request({ method: 'POST', path, body }), `creating at ${path}`);
  const resourceNamed = async (text: string, options?: DiscoverOptions): Promise<ApiResource> =>
    resolveResource(await cluster.discover(options), text)[0]!;

  it('discovers what kubectl lists, each resource in the same version', async () => {
    const printed = await real().kubectl(
      'api-resources',
      '--verbs=list,create,get,delete',
      '--no-headers',
      '-o',
      'wide',
    );
    const expected = printed
      .trim()
      .split('\n')
      .map((line) =>
        /^(\S+)\s.*?\s((?:\S+\/)?v\d\S*)\s+(true|false)\s+(\S+)/.exec(line)?.slice(1, 5).join(' '),
      );
    const { resources, stale, serverVersion } = await cluster.discover();
    const found = resources.map(
      (each) => `${each.resource} ${apiVersion(each)} ${each.namespaced} ${each.kind}`,
    );
    expect(found.toSorted()).toEqual(expected.toSorted());
    expect(resources.every(({ preferred }) => preferred)).toBe(true);
    expect(stale).toEqual([]);
    expect(serverVersion.gitVersion).toBe(real().version);
  });

  it('takes groups as served, extensions last, and pods, claims and volumes first', async () => {
    const { resources } = await cluster.discover();
    expect(resources.slice(0, 3).map(groupResource)).toEqual([
      'pods',
      'persistentvolumeclaims',
      'persistentvolumes',
    ]);
    const groups = [...new Set(resources.map(({ group }) => group))];
    expect(groups[0]).toBe('');
    expect(groups.indexOf('extensions')).toBe(isOld() ? groups.length - 1 : -1);
  });

  it('finds a resource that only an older version of its group serves', async () => {
    // On 1.20 batch prefers v1, and cronjobs are in v1beta1 alone.
    expect(apiVersion(await resourceNamed('cronjobs'))).toBe(isOld() ? 'batch/v1beta1' : 'batch/v1');
  });

  it('finds the same without aggregated discovery', async () => {
    const legacyOnly = {
      name: 'legacy',
      server: cluster.server,
      request: (request: Parameters<Cluster['request']>[0]) =>
        cluster.request({ ...request, accept: 'application/json' }),
    };
    const options = { allVersions: true, allVerbs: true };
    const [aggregated, legacy] = [await cluster.discover(options), await discover(legacyOnly, options)];
    const sorted = (resources: ApiResource[]) =>
      resources
        .map((each) => ({
          ...each,
          verbs: each.verbs.toSorted(),
          subresources: each.subresources.toSorted(),
        }))
        .toSorted((a, b) =>
          `${groupResource(a)} ${a.version}`.localeCompare(`${groupResource(b)} ${b.version}`),
        );
    expect(sorted(legacy.resources)).toEqual(sorted(aggregated.resources));
  });

  it('lists every version when asked to, one of them preferred', async () => {
    const { resources } = await cluster.discover({ allVersions: true });
    const [of] = resolveResource(
      { resources },
      isOld() ? 'ingresses.networking.k8s.io' : 'horizontalpodautoscalers',
    );
    const versions = resources.filter((each) => groupResource(each) === groupResource(of!));
    expect(versions.map(({ version, preferred }) => [version, preferred])).toEqual(
      isOld()
        ? [
            ['v1', true],
            ['v1beta1', false],
          ]
        : [
            ['v2', true],
            ['v1', false],
          ],
    );
  });

  it('resolves the names that people use', async () => {
    const discovery = await cluster.discover();
    const names = (text: string) => resolveResource(discovery, text).map(groupResource);
    for (const text of [
      'deploy',
      'deployment',
      'Deployment',
      'deployments',
      'deployments.apps',
      'deploy.app',
    ]) {
      expect(names(text)).toEqual(['deployments.apps']);
    }
    expect(names('events')).toEqual(['events', 'events.events.k8s.io']);
    expect(names('po')).toEqual(['pods']);
    expect(names('pods.')).toEqual(['pods']);
    expect(names('crd')).toEqual(['customresourcedefinitions.apiextensions.k8s.io']);
    expect(names('nothing')).toEqual([]);
    expect(names('deployments.batch')).toEqual([]);
  });

  it('lists all of it, page by page, as single reads show it', async () => {
    const names = Array.from({ length: 120 }, (_, n) => `cm-${String(n).padStart(3, '0')}`);
    await Promise.all(
      names.map((name) =>
        create(collectionPath(core('configmaps'), 'full'), configMap(name, { name, text: '"\\ü\u2028' })),
      ),
    );
    const resource = await resourceNamed('configmaps');
    const seen = new Map<string, unknown>();
    const remaining: (number | undefined)[] = [];
    const pages = listPages(cluster, resource, { namespace: 'full', limit: 50, fieldSelector: undefined });
    for await (const page of pages) {
      expect(page.consistent).toBe(true);
      remaining.push(page.remaining);
      for (const item of page.items) {
        const object = JSON.parse(item.json.toString());
        expect(seen.has(object.metadata.name)).toBe(false);
        seen.set(object.metadata.name, object);
      }
    }
    for (const name of [names[0]!, names[77]!]) {
      const single = await cluster.request({ method: 'GET', path: objectPath(resource, 'full', name) });
      expect(seen.get(name)).toEqual(JSON.parse(single.body.toString()));
    }
    expect([...seen.keys()].filter((name) => name.startsWith('cm-'))).toEqual(names);
    expect(remaining.slice(0, 2)).toEqual([seen.size - 50, seen.size - 100]);
  });

  it('keeps 64-bit integers of custom resources through list, change and write', async () => {
    await real().create(crd);
    await real().kubectl(
      'wait',
      '--for=condition=Established',
      'crd/clocks.test.example.com',
      '--timeout=30s',
    );
    const resource = await waitForResource(() => resourceNamed('clocks.test.example.com'));
    const body =
      '{"apiVersion":"test.example.com/v1","kind":"Clock","metadata":{"name":"c"},"spec":{"max":9223372036854775807,"creationTime":1700000000123456789,"min":-9223372036854775808,"any":{"deep":[9007199254740993]}}}';
    await create(collectionPath(resource, 'full'), body);

    const [item] = await itemsOf(listPages(cluster, resource));
    for (const digits of [
      '9223372036854775807',
      '1700000000123456789',
      '-9223372036854775808',
      '9007199254740993',
    ]) {
      expect(item!.toString()).toContain(digits);
    }
    const path = objectPath(resource, 'full', 'c');
    const changed = editJson(item!, [
      { path: ['metadata', 'labels'], set: { changed: 'yes' } },
      { path: ['spec', 'any', 'deep', 1], set: 1 },
    ]);
    expectSuccess(await cluster.request({ method: 'PUT', path, body: changed }), 'writing it back');

    const stored = (await cluster.request({ method: 'GET', path })).body.toString();
    expect(stored).toMatch(/"max":9223372036854775807[,}]/);
    expect(stored).toMatch(/"creationTime":1700000000123456789[,}]/);
    expect(stored).toContain('"deep":[9007199254740993,1]');
    expect(stored).toContain('"changed":"yes"');
  });

  it('tells objects apart whose names differ in case only, and takes any name of RBAC', async () => {
    const roles = await resourceNamed('clusterroles');
    const names = ['MyRole', 'myrole', 'a:b@c d', 'ümlaut+&?#'];
    for (const name of names) {
      await create(
        collectionPath(roles),
        JSON.stringify({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name },
        }),
      );
    }
    for (const name of names) {
      const answer = await cluster.request({ method: 'GET', path: objectPath(roles, undefined, name) });
      expect([answer.status, JSON.parse(answer.body.toString()).metadata.name]).toEqual([200, name]);
    }
    await cluster.request({ method: 'DELETE', path: objectPath(roles, undefined, 'MyRole') });
    const rest = await itemsOf(listPages(cluster, roles));
    const left = rest.map((item) => JSON.parse(item.toString()).metadata.name);
    expect(left).toEqual(expect.arrayContaining(names.slice(1)));
    expect(left).not.toContain('MyRole');
  });

  it('lists namespace by namespace what it may not list at once', async () => {
    const path = objectPath(core('serviceaccounts'), 'full', 'default', 'token');
    const request = JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    });
    const { token } = JSON.parse((await create(path, request)).body.toString()).status;
    await real().kubectl(
      'create',
      'rolebinding',
      'view',
      '-n',
      'full',
      '--clusterrole=view',
      '--serviceaccount=full:default',
    );
    const limited = await open(real().kubeconfig.replace(real().token, token));
    const resource = await resourceNamed('configmaps');
    // RBAC learns of the binding a moment after it was made.
    for (let tries = 0; tries < 50; tries++) {
      const answer = await limited.request({ method: 'GET', path: collectionPath(resource, 'full') });
      if (answer.status === 200) break;
      await delay(100);
    }
    const denied: string[] = [];
    const onDenied = (namespace: string) => denied.push(namespace);
    const pages = listEverywhere(limited, resource, ['empty', 'full'], { onDenied });
    const found = (await itemsOf(pages)).map((item) => JSON.parse(item.toString()).metadata);
    expect(found.length).toBeGreaterThanOrEqual(120);
    expect(new Set(found.map(({ namespace }) => namespace))).toEqual(new Set(['full']));
    expect(denied).toEqual(['empty']);
    limited.close();
  });

  it('says that credentials are refused', async () => {
    const stranger = await open(real().kubeconfig.replace(real().token, 'not-a-token'));
    await expect(stranger.discover()).rejects.toMatchObject({
      kind: 'denied',
      hint: expect.stringContaining('expired'),
    });
    stranger.close();
  });

  it('never repeats what it could not decode of a Secret', async () => {
    const body =
      '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"password":"c2VjcmV0LXZhbHVl!"}}';
    const answer = await cluster.request({
      method: 'POST',
      path: collectionPath(core('secrets'), 'full'),
      body,
    });
    expect(answer.status).toBe(400);
    expect(statusOf(answer).message).not.toContain('c2VjcmV0');
  });

  it('begins a list anew when its snapshot was compacted away, then goes on without one', async () => {
    const resource = await resourceNamed('configmaps');
    const path = listPath(resource, { namespace: 'full', limit: 1 });
    const expire = async () => {
      const first = JSON.parse((await cluster.request({ method: 'GET', path })).body.toString());
      const next = withQuery(path, { continue: first.metadata.continue });
      for (let status = 200; status !== 410; ) {
        // Each write makes a revision; the compactor removes those that are older than one of its rounds.
        await create(collectionPath(resource, 'empty'), configMap(`tick-${Date.now()}`));
        await delay(500);
        ({ status } = await cluster.request({ method: 'GET', path: next }));
      }
    };
    const expected = new Set(
      (await itemsOf(listPages(cluster, resource, { namespace: 'full' }))).map(
        (item) => JSON.parse(item.toString()).metadata.name,
      ),
    );
    const pages = listPages(cluster, resource, { namespace: 'full', limit: 20 });
    const seen: { names: string[]; consistent: boolean; restarted: boolean }[] = [];
    for await (const { items, consistent, restarted } of pages) {
      seen.push({
        names: [...items].map((item) => JSON.parse(item.json.toString()).metadata.name),
        consistent,
        restarted,
      });
      const expireNow = seen.length === 2 || (restarted && consistent);
      if (expireNow) await expire();
    }
    const restart = seen.findIndex(({ restarted }) => restarted);
    expect(restart).toBeGreaterThan(0);
    expect(seen.slice(0, restart).every(({ consistent }) => consistent)).toBe(true);
    expect(seen.at(-1)!.consistent).toBe(false);
    const afterRestart = seen.slice(restart).flatMap(({ names }) => names);
    expect(new Set(afterRestart)).toEqual(expected);
    expect(afterRestart).toHaveLength(expected.size);
  }, 90_000);

  it('reports a group whose aggregated API server is gone, and finds everything else', async () => {
    const before = (await cluster.discover()).resources.map(groupResource);
    await real().create(deadApiService);
    let stale: Awaited<ReturnType<Cluster['discover']>>['stale'] = [];
    let after: string[] = [];
    for (let tries = 0; tries < 60 && stale.length === 0; tries++) {
      const found = await cluster.discover();
      stale = found.stale;
      after = found.resources.map(groupResource);
      if (stale.length === 0) await delay(500);
    }
    expect(stale).toEqual([{ group: 'dead.example.com', version: 'v1', reason: expect.any(String) }]);
    expect(after).toEqual(before);
  }, 60_000);
}

async function itemsOf(pages: AsyncIterable<ListPageOfItems>): Promise<Buffer[]> {
  const items: Buffer[] = [];
  for await (const page of pages) items.push(...[...page.items].map(({ json }) => json));
  return items;
}

/** Discovery shows a new kind a moment after it is established. */
async function waitForResource(find: () => Promise<ApiResource | undefined>): Promise<ApiResource> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await find();
    if (found) return found;
    await delay(100);
  }
  throw new Error('the resource did not appear in discovery');
}

const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clocks.test.example.com}
spec:
  group: test.example.com
  scope: Namespaced
  names: {plural: clocks, singular: clock, kind: Clock, listKind: ClockList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            x-kubernetes-preserve-unknown-fields: true
            properties:
              max: {type: integer, format: int64}
`;

const deadApiService = `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.dead.example.com}
spec:
  group: dead.example.com
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {namespace: default, name: gone}
`;
