import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSandboxCluster } from '../../../../local/cluster/server';
import { backUp } from '../../../../shared/operations/backup/back-up';
import type { ApiRequest, ApiResponse, Cluster } from '../../../../shared/platform/kubernetes/port';
import type { RunProgress } from '../../../../shared/formats/manifests/run';
import type { BackupSpec } from '../../../../shared/formats/manifests/velero';
import { describeWithRealCluster } from '../../../harness/describe-with-real-cluster';
import { BackupRig, connected } from './backup-rig';

const namespaces = 60;

type Answer = (request: ApiRequest) => ApiResponse | undefined;

/** The cluster, whose lists are counted, and answered by `answer` where that says something. */
function watched(cluster: Cluster, answer: Answer = () => undefined) {
  const seen = { lists: [] as string[], bytes: 0 };
  const request = async (asked: ApiRequest): Promise<ApiResponse> => {
    const response = answer(asked) ?? (await cluster.request(asked));
    if (asked.path.includes('limit=')) {
      seen.lists.push(asked.path);
      seen.bytes += response.body.length;
    }
    return response;
  };
  return {
    seen,
    cluster: {
      name: cluster.name,
      server: cluster.server,
      request,
      discover: (options) => cluster.discover(options),
      close() {},
    } satisfies Cluster,
  };
}

function status(code: number, reason: string): ApiResponse {
  const body = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    code,
    reason,
    message: `made to be ${code}`,
  });
  return { status: code, headers: {}, body: Buffer.from(body), ambiguous: false };
}

function isAcrossTheCluster(path: string): boolean {
  return path.includes('limit=') && !path.includes('/namespaces/') && !path.startsWith('/api/v1/namespaces?');
}

/** The same on a stand-in and on a real API server. */
function backupsOfManyNamespaces(open: () => { kubeconfig: string }): void {
  let rig: BackupRig;
  let cluster: Cluster;
  let resources: number;
  let count = 0;

  const names = Array.from({ length: namespaces }, (_, i) => `n-${String(i).padStart(3, '0')}`);
  const create = async (path: string, object: object) => {
    const { status: code } = await cluster.request({ method: 'POST', path, body: JSON.stringify(object) });
    expect(code).toBe(201);
  };
  const run = async (spec: BackupSpec, answer?: Answer) => {
    const { seen, cluster: counted } = watched(cluster, answer);
    return { seen, ...(await rig.backUp(counted, `many-${++count}`, spec)) };
  };
  const settings = (objects: ReadonlyMap<string, string>) =>
    [...objects.keys()].filter((key) => key.endsWith('/settings')).map((key) => key.split(/[ /]/)[1]);

  beforeAll(async () => {
    rig = await BackupRig.start();
    cluster = await connected('a', open().kubeconfig);
    for (const name of [...names, 'other', 'large']) {
      await create('/api/v1/namespaces', { metadata: { name } });
      await create(`/api/v1/namespaces/${name}/configmaps`, {
        metadata: { name: 'settings' },
        data: { name },
      });
    }
    for (let i = 0; i < 20; i += 1) {
      const data = { bytes: Buffer.alloc(100_000, i).toString('base64') };
      await create('/api/v1/namespaces/large/secrets', { metadata: { name: `large-${i}` }, data });
    }
    resources = (await cluster.discover({})).resources.length;
  }, 60_000);

  afterAll(async () => {
    cluster?.close();
    await rig?.stop();
  });

  it('list each kind once, also where a pattern names the namespaces, and hold the same as one by one', async () => {
    const { seen, result, objects, results } = await run({ includedNamespaces: ['n-*'] });
    expect(result.phase).toBe('Completed');
    expect(results.warnings).toEqual({});
    expect(settings(objects)).toEqual(names);
    expect(seen.lists.length).toBeLessThan(resources + 10);
    // Nothing of the others came over the wire.
    expect(seen.bytes).toBeLessThan(1_000_000);

    const few = await run({ includedNamespaces: names.slice(0, 10) });
    expect(few.seen.lists.filter(isAcrossTheCluster).length).toBeLessThan(resources);
    const namesOf = (all: ReadonlyMap<string, string>) =>
      [...all.keys()].filter((key) => names.slice(0, 10).some((name) => key.includes(` ${name}/`))).sort();
    expect(namesOf(few.objects)).toEqual(namesOf(objects));
  });

  it('leave out by the API server what is excluded', async () => {
    const { seen, objects, result } = await run({ includedNamespaces: ['*'], excludedNamespaces: ['large'] });
    expect(result.phase).toBe('Completed');
    expect(settings(objects)).toEqual([...names, 'other']);
    expect(seen.bytes).toBeLessThan(1_500_000);
    expect(seen.lists.length).toBeLessThan(resources + 10);
    // As with Velero, the object of a namespace that holds something is there all the same.
    expect(objects.has('namespaces large')).toBe(true);
  });

  it('pass over here what the API server cannot leave out', async () => {
    const { objects, result, results } = await run(
      { includedNamespaces: ['*'], excludedNamespaces: ['large', 'n-00?'] },
      ({ path }) => (path.includes('fieldSelector') ? status(400, 'BadRequest') : undefined),
    );
    expect(result.phase).toBe('Completed');
    expect(results.warnings).toEqual({});
    expect(settings(objects)).toEqual([...names.slice(10), 'other']);
  });

  it('take one namespace after the other, and say nothing, where the credentials are for these alone', async () => {
    const { objects, result, results } = await run({ includedNamespaces: ['n-*'] }, ({ path }) =>
      /^\/api\/v1\/(configmaps|secrets|pods)\?/.test(path) ? status(403, 'Forbidden') : undefined,
    );
    expect(result.phase).toBe('Completed');
    expect(results.warnings).toEqual({});
    expect(settings(objects)).toEqual(names);
  });

  it('take one namespace after the other where much of others would have to be read', async () => {
    const first = status(200, '');
    const { seen, objects } = await run(
      { includedNamespaces: names.slice(0, 12), includedResources: ['secrets', 'configmaps'] },
      ({ path }) => {
        if (!path.startsWith('/api/v1/secrets?')) return undefined;
        const secret = { metadata: { name: 'one', namespace: 'n-000' }, data: { a: 'YQ==' } };
        const list = {
          kind: 'SecretList',
          apiVersion: 'v1',
          metadata: { continue: 'x', remainingItemCount: 90_000 },
        };
        return { ...first, body: Buffer.from(JSON.stringify({ ...list, items: [secret] })) };
      },
    );
    expect(settings(objects)).toEqual(names.slice(0, 12));
    expect(seen.lists.filter((path) => path.startsWith('/api/v1/secrets?'))).toHaveLength(1);
    expect(seen.lists.filter((path) => /\/namespaces\/n-0..\/secrets/.test(path))).toHaveLength(12);
  });

  it('say how far they are and how many objects there may be before the first list has come', async () => {
    const said: Omit<RunProgress, 'at'>[] = [];
    const { seen, cluster: counted } = watched(cluster);
    const job = rig.job(counted, 'told', { includedNamespaces: ['n-*'] });
    await backUp({
      ...job,
      progress: (progress) => said.push({ ...progress, message: String(seen.lists.length) }),
    });
    // One list is that of the namespaces, one that of the pods, for their hooks.
    expect(said[0]).toMatchObject({ phase: 'InProgress', done: 0, message: '2' });
    const [withTotal] = said.filter(({ total }) => total !== undefined);
    expect(withTotal).toMatchObject({ estimated: true });
    expect(Number(withTotal!.message)).toBeLessThan(30);
    const { total, done } = said.at(-1)!;
    expect(total).toBe(done);
  });
}

describe('backups of many namespaces of a sandbox', () => {
  let sandbox: Awaited<ReturnType<typeof startSandboxCluster>>;
  beforeAll(async () => {
    sandbox = await startSandboxCluster({ name: 'a' });
  });
  afterAll(() => sandbox?.close());
  backupsOfManyNamespaces(() => sandbox);
});

describeWithRealCluster('backups of many namespaces of a real cluster', (real) => {
  backupsOfManyNamespaces(real);
});
