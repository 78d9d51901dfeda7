import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../../../local/cluster/server';
import type { ApiResource } from '../../../../../../shared/platform/kubernetes/api-resource';
import type { Cluster } from '../../../../../../shared/platform/kubernetes/port';
import {
  isOnlyStatus,
  isPlainStatus,
  partsOf,
} from '../../../../../../shared/operations/restore/apply/existing/status-apart';
import { restore } from '../../../../../../shared/operations/restore/restore';
import { connectTo, RestoreRig, type TestItem } from '../../restore-rig';

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const resource = (group: string, subresources: string[]): ApiResource => ({
  group,
  version: 'v1',
  kind: 'A',
  resource: 'as',
  namespaced: true,
  singular: 'a',
  shortNames: [],
  verbs: [],
  subresources,
  preferred: true,
});

describe('a status that is kept apart', () => {
  it('is told from one that is ordinary data, which no built-in kind has', () => {
    expect(isPlainStatus(resource('example.com', ['scale']))).toBe(true);
    expect(isPlainStatus(resource('example.com', ['status']))).toBe(false);
    expect(isPlainStatus(resource('', []))).toBe(false);
  });

  it('goes out in a request of its own, and only there', () => {
    const patch = { spec: { a: 1 }, status: { b: null } };
    expect(partsOf(patch, resource('example.com', []))).toEqual({ object: patch });
    expect(partsOf(patch, resource('example.com', ['status']))).toEqual({
      object: { spec: { a: 1 } },
      status: { status: { b: null } },
    });
    expect(partsOf({ status: {} }, resource('apps', ['status']))).toEqual({ status: { status: {} } });
    expect(isOnlyStatus([{ path: 'status.a' }, { path: 'status' }, { path: 'status["a/b"]' }])).toBe(true);
    expect(isOnlyStatus([{ path: 'statuses' }])).toBe(false);
  });
});

describe('a restore into a cluster whose definition has another subresource than the backup', () => {
  let sandbox: SandboxCluster;
  let target: Cluster;
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    target = await connectTo(sandbox.kubeconfig);
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });

  const kindOf = (plural: string) => `Thing${plural}`;
  const definition = (plural: string, versions: Record<string, boolean>): TestItem => ({
    groupResource: 'customresourcedefinitions.apiextensions.k8s.io',
    object: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.example.com` },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural, kind: kindOf(plural), singular: kindOf(plural).toLowerCase() },
        versions: Object.entries(versions).map(([name, apart], index) => ({
          name,
          served: true,
          storage: index === 0,
          ...(apart && { subresources: { status: {} } }),
          schema: { openAPIV3Schema: anything },
        })),
      },
    },
  });

  it.each([
    ['the target has lost it', 'lost', { v2: false }, 'v1', undefined, { phase: 'Ready' }],
    ['the target has gained it', 'gained', { v2: true }, 'v1', undefined, undefined],
    [
      'the target has gained it and it is asked for',
      'asked',
      { v2: true },
      'v1',
      ['asked'],
      { phase: 'Ready' },
    ],
    ['only another version has it', 'both', { v2: true, v1: false }, 'v1', undefined, { phase: 'Ready' }],
  ] as const)(
    'goes by the version that is written: %s',
    async (_case, plural, versions, version, asked, status) => {
      const rig = new RestoreRig();
      const thing: TestItem = {
        groupResource: `${plural}.example.com`,
        object: {
          apiVersion: `example.com/${version}`,
          kind: kindOf(plural),
          metadata: { name: 'a', namespace: 'shop' },
          status: { phase: 'Ready' },
        },
      };
      await rig.addBackup(plural, [definition(plural, versions), thing]);
      const restoreStatus = asked && { includedResources: [...asked] };
      const result = await restore(rig.job(target, `${plural}-r`, { backupName: plural, restoreStatus }), {
        poll: 10,
      });

      expect(result).toMatchObject({ phase: 'Completed', errors: 0 });
      const served = Object.keys(versions).includes(version) ? version : 'v2';
      const path = `/apis/example.com/${served}/namespaces/shop/${plural}/a`;
      const { body } = await target.request({ method: 'GET', path });
      expect(JSON.parse(body.toString('utf8')).status).toEqual(status);
    },
  );
});
