import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../../../local/cluster/server';
import type { Cluster } from '../../../../../../shared/platform/kubernetes/port';
import { restore } from '../../../../../../shared/operations/restore/restore';
import { connectTo, RestoreRig, type TestItem, type TestObject } from '../../restore-rig';

const patience = { resources: 0, deletion: 5_000, termination: 0, poll: 10 };

describe('what an object owns that is to be replaced', () => {
  const rig = new RestoreRig();
  let sandbox: SandboxCluster;
  let target: Cluster;
  let lists: string[] = [];
  let deletions: { path: string; body: Record<string, unknown> }[] = [];
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    const real = await connectTo(sandbox.kubeconfig);
    target = {
      name: real.name,
      server: real.server,
      discover: (options) => real.discover(options),
      close: () => real.close(),
      request(request) {
        const { method, path, body } = request;
        if (method === 'GET' && path.includes('limit=')) lists.push(path.split('?')[0]!);
        if (method === 'DELETE') deletions.push({ path, body: JSON.parse(String(body)) });
        return real.request(request);
      },
    };
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });

  const configMap = (namespace: string, name: string, value: string): TestItem => ({
    groupResource: 'configmaps',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } },
  });
  const load = (...items: TestItem[]) =>
    sandbox.load(items.map(({ object }) => JSON.stringify(object)).join('\n---\n'));
  const get = async (path: string) => {
    const { body } = await target.request({ method: 'GET', path: `/api/v1/namespaces/${path}` });
    return JSON.parse(body.toString());
  };
  const replaced = async (name: string, items: TestItem[]) => {
    await rig.addBackup(name, items);
    lists = [];
    deletions = [];
    const job = rig.job(target, name, { backupName: name }, { conflicts: { policy: 'replace' } });
    const result = await restore(job, patience);
    return { result, outcomes: await rig.outcomes(name) };
  };

  /** A ConfigMap and one that it owns. */
  async function pair(namespace: string): Promise<{ owner: string; owned: string }> {
    await sandbox.load(`{apiVersion: v1, kind: Namespace, metadata: {name: ${namespace}}}`);
    await load(configMap(namespace, 'owner', 'cluster'));
    const { uid } = (await get(`${namespace}/configmaps/owner`)).metadata;
    const owned = configMap(namespace, 'owned', 'cluster');
    Object.assign((owned.object as TestObject).metadata, {
      ownerReferences: [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, blockOwnerDeletion: true },
      ],
    });
    await load(owned);
    return { owner: uid, owned: (await get(`${namespace}/configmaps/owned`)).metadata.uid };
  }

  it('is orphaned in the body of the deletion and gets the new one as its owner', async () => {
    const before = await pair('adopts');
    const { outcomes } = await replaced('adopts', [configMap('adopts', 'owner', 'backup')]);
    const owner = (await get('adopts/configmaps/owner')).metadata.uid;
    const { metadata } = await get('adopts/configmaps/owned');

    expect(outcomes.find(({ name }) => name === 'owner')?.outcome).toBe('recreated');
    expect(deletions[0]?.body).toMatchObject({
      propagationPolicy: 'Orphan',
      preconditions: { uid: before.owner },
    });
    expect(owner).not.toBe(before.owner);
    expect(metadata.uid).toBe(before.owned);
    expect(metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner, blockOwnerDeletion: true },
    ]);
  });

  it('is named in a warning where its owner cannot be set', async () => {
    await pair('refused');
    sandbox.faults.add({ method: 'PATCH', path: /refused\/configmaps\/owned/, status: 403 });
    const { result } = await replaced('refused', [configMap('refused', 'owner', 'backup')]);

    expect(result.warnings).toBe(1);
    expect(JSON.stringify((await rig.results('refused')).warnings)).toContain(
      'configmaps refused/owned: its owner was replaced and could not be set',
    );
  });

  it('keeps it from being replaced where Secrets cannot be listed', async () => {
    const before = await pair('unlisted');
    sandbox.faults.add({ method: 'GET', path: /unlisted\/secrets$/, status: 403 });
    const { outcomes } = await replaced('unlisted', [configMap('unlisted', 'owner', 'backup')]);

    expect(outcomes.find(({ name }) => name === 'owner')).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(
        /^it is not replaced, because secrets that it may own cannot be listed: /,
      ),
    });
    expect(deletions).toEqual([]);
    expect((await get('unlisted/configmaps/owner')).metadata.uid).toBe(before.owner);
  });

  it('stays where another resource cannot be listed, which may hold more of it', async () => {
    await load(configMap('default', 'lone', 'cluster'));
    sandbox.faults.add({ method: 'GET', path: /default\/deployments$/, status: 403 });
    await replaced('unread', [configMap('default', 'lone', 'backup')]);

    expect(deletions.map(({ body }) => body.propagationPolicy)).toEqual(['Orphan']);
  });

  it('is read for many objects at once, by namespace', async () => {
    await sandbox.load('{apiVersion: v1, kind: Namespace, metadata: {name: many}}');
    const names = Array.from({ length: 400 }, (_, index) => `map-${index}`);
    await load(...names.map((name) => configMap('many', name, 'cluster')));
    const { result } = await replaced(
      'many',
      names.map((name) => configMap('many', name, 'backup')),
    );

    expect(result.counts).toMatchObject({ recreated: 400 });
    const readings = lists.filter((path) => path === '/api/v1/namespaces/many/secrets').length;
    expect(readings).toBeGreaterThanOrEqual(1);
    expect(readings).toBeLessThanOrEqual(20);
    expect(new Set(deletions.map(({ body }) => body.propagationPolicy))).toEqual(new Set(['Background']));
  }, 60_000);

  it('is read for the whole cluster where many namespaces are concerned', async () => {
    const namespaces = Array.from({ length: 30 }, (_, index) => `wide-${index}`);
    for (const name of namespaces) {
      await sandbox.load(`{apiVersion: v1, kind: Namespace, metadata: {name: ${name}}}`);
    }
    await load(...namespaces.map((name) => configMap(name, 'map', 'cluster')));
    const { result } = await replaced(
      'wide',
      namespaces.map((name) => configMap(name, 'map', 'backup')),
    );

    expect(result.counts).toMatchObject({ recreated: 30 });
    const read = new Set(lists.filter((path) => path.endsWith('/secrets')));
    expect(read).toContain('/api/v1/secrets');
    expect(read.size).toBeLessThanOrEqual(5);
  }, 60_000);

  it('is not read where nothing is replaced', async () => {
    await sandbox.load('{apiVersion: v1, kind: Namespace, metadata: {name: calm}}');
    await load(configMap('calm', 'same', 'backup'));
    await replaced('calm', [configMap('calm', 'same', 'backup'), configMap('calm', 'new', 'backup')]);

    expect(lists).toEqual([]);
  });

  it('keeps a mirror from deleting the owner of a Secret', async () => {
    await sandbox.load('{apiVersion: v1, kind: Namespace, metadata: {name: mirrored}}');
    const namespace: TestItem = {
      groupResource: 'namespaces',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mirrored' } },
    };
    const replica = { label: 'rule', sourceUid: 'source', targetUid: 'target', mirror: { backupSpec: {} } };
    const mirrored = async (name: string, items: TestItem[]) => {
      await rig.addBackup(name, [namespace, ...items]);
      const conflicts = { policy: 'update' } as const;
      const result = await restore(
        { ...rig.job(target, name, { backupName: name }, { conflicts }), replica },
        patience,
      );
      return { result, outcomes: await rig.outcomes(name) };
    };
    const one = configMap('mirrored', 'one', 'a');
    await mirrored('mirror-1', [one, configMap('mirrored', 'two', 'a'), configMap('mirrored', 'three', 'a')]);
    const { uid } = (await get('mirrored/configmaps/two')).metadata;
    const owner = `{apiVersion: v1, kind: ConfigMap, name: two, uid: ${uid}}`;
    await sandbox.load(
      `{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: mirrored, ownerReferences: [${owner}]}}`,
    );
    const { outcomes } = await mirrored('mirror-2', [one]);

    expect(outcomes.filter(({ outcome }) => outcome === 'deleted').map(({ name }) => name)).toEqual([
      'three',
    ]);
    expect((await get('mirrored/configmaps/two')).metadata.uid).toBe(uid);
    expect(JSON.stringify((await rig.results('mirror-2')).warnings)).toContain(
      'configmaps mirrored/two stays, because what it owns would be deleted with it: secrets mirrored/s',
    );
  });
});
