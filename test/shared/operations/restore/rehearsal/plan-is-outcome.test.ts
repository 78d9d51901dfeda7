import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SandboxCluster, startSandboxCluster } from '../../../../../local/cluster/server';
import { type BareApi, bareAnswer, bareApi } from '../../../../../local/proof/bare-api';
import { takeSnapshot } from '../../../../../local/proof/snapshot';
import type { Cluster } from '../../../../../shared/platform/kubernetes/port';
import { messageOf } from '../../../../../shared/platform/errors';
import { rehearse } from '../../../../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../../../../shared/operations/restore/report/outcome';
import { restore } from '../../../../../shared/operations/restore/restore';
import { connectTo, RestoreRig, type TestItem, type TestObject } from '../restore-rig';
import { definition, type World, worlds } from './random-world';

const hashKey = randomBytes(32);
const hasty = { resources: 0, deletion: 0, termination: 0, poll: 10 };

describe('the plan of a restore', () => {
  let sandbox: SandboxCluster;
  let target: Cluster;
  let api: BareApi;
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    target = await connectTo(sandbox.kubeconfig);
    api = bareApi(sandbox.kubeconfig);
  });
  afterAll(async () => {
    target.close();
    api.agent.destroy();
    await sandbox.close();
  });

  async function create(items: readonly TestItem[]): Promise<void> {
    for (const { groupResource, object } of items) {
      const { apiVersion, metadata } = object as Exclude<TestItem['object'], string>;
      const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      const scope = metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
      const path = `${root}${scope}/${groupResource.split('.')[0]}`;
      const { status, body } = await bareAnswer(api, 'POST', path, JSON.stringify(object));
      // Every namespace has its default account already.
      if (status >= 300 && status !== 409) throw new Error(`${path}: ${body}`);
    }
  }

  async function forget({ present, backup }: World): Promise<void> {
    const inUse = [...present, ...backup].map(({ object }) => (object as TestObject).metadata.namespace);
    for (const namespace of new Set<string | undefined>(inUse)) {
      if (namespace) await bareAnswer(api, 'DELETE', `/api/v1/namespaces/${namespace}`);
    }
    const { name } = (definition.object as TestObject).metadata;
    await bareAnswer(api, 'DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`);
  }

  async function versions(): Promise<string[]> {
    const seen = await takeSnapshot(api);
    return [...seen]
      .map(([key, { metadata }]) => `${key} ${metadata.uid} ${metadata.resourceVersion}`)
      .sort();
  }

  const line = ({ groupResource, apiVersion, namespace = '', name, outcome, reason }: ObjectOutcome) =>
    `${apiVersion} ${groupResource} ${namespace}/${name}: ${outcome}${outcome === 'failed' ? ` ${reason}` : ''}`;

  it('is what a restore then does, object by object, and changes nothing', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(worlds('x'), async (drawn) => {
        const prefix = `w${round++}`;
        // Namespaces of an earlier world end slowly: each has its own.
        const world = JSON.parse(JSON.stringify(drawn).replaceAll('"x-', `"${prefix}-`)) as World;
        const rig = new RestoreRig();
        await rig.addBackup('b', world.backup);
        await create(world.present);
        const { conflicts, transforms, namespaceMapping } = world;
        const job = rig.job(
          target,
          prefix,
          { backupName: 'b', ...(namespaceMapping && { namespaceMapping }) },
          { conflicts, transforms, allowEmptyVolumes: true },
        );
        const before = await versions();
        const planned: ObjectOutcome[] = [];
        const rehearsal = await rehearse(job, { hashKey, heard: (one) => planned.push(one) }).catch(
          (error: unknown) => messageOf(error),
        );
        expect(await versions()).toEqual(before);
        if (typeof rehearsal === 'string') {
          // A modifier or mapping that matches nothing ends both, for one reason, before anything is written.
          expect(rehearsal).toContain('matches nothing');
          expect(await restore(job, hasty)).toMatchObject({ phase: 'Failed', reason: rehearsal });
          expect(await versions()).toEqual(before);
          await forget(world);
          return;
        }
        expect(rig.bucket.keys().filter((key) => key.startsWith('vault/restores/'))).toEqual([]);
        expect(JSON.stringify([planned, rehearsal])).not.toContain(
          Buffer.from('secret value').toString('base64').slice(0, 14),
        );

        const result = await restore(job, hasty);
        const outcomes = await rig.outcomes(prefix);
        expect(planned.map(line).sort()).toEqual(outcomes.map(line).sort());
        expect(rehearsal.counts).toEqual(result.counts);
        await forget(world);
      }),
      // A counterexample is told before the test runs out of time shrinking it.
      { numRuns: 8, interruptAfterTimeLimit: 40_000 },
    );
  }, 60_000);

  it('gives what an object owns to the one that took its place', async () => {
    const owner = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'owner', namespace: 'owned', uid: 'old' },
    };
    const owned = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: {
        name: 'owned',
        namespace: 'owned',
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'old' }],
      },
    };
    const namespace = {
      groupResource: 'namespaces',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'owned' } },
    };
    const configMap = (value: string) => ({
      groupResource: 'configmaps',
      object: { ...owner, data: { value } },
    });
    await create([namespace, configMap('present')]);
    const get = async (resource: string, name: string) =>
      JSON.parse(
        (await bareAnswer(api, 'GET', `/api/v1/namespaces/owned/${resource}/${name}`)).body.toString(),
      );
    const before = await get('configmaps', 'owner');
    const rig = new RestoreRig();
    await rig.addBackup('b', [configMap('wanted'), { groupResource: 'secrets', object: owned }]);
    const result = await restore(
      rig.job(target, 'owned', { backupName: 'b' }, { conflicts: { policy: 'replace' } }),
      hasty,
    );
    expect(result.counts).toMatchObject({ recreated: 1, created: 1 });
    const after = await get('configmaps', 'owner');
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect((await get('secrets', 'owned')).metadata.ownerReferences).toMatchObject([
      { uid: after.metadata.uid },
    ]);
    const again = await restore(
      rig.job(target, 'owned-2', { backupName: 'b' }, { conflicts: { policy: 'replace' } }),
      hasty,
    );
    expect(again.counts).toEqual({ same: 3 });
  });
});
