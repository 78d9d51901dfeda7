import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxCluster, startSandboxCluster } from '../../../../../../local/cluster/server';
import type { ApiRequest, Cluster } from '../../../../../../shared/platform/kubernetes/port';
import { restore } from '../../../../../../shared/operations/restore/restore';
import { connectTo, RestoreRig, type TestItem } from '../../restore-rig';

const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}) => ({
  manager,
  operation,
  apiVersion: 'v1',
  time: '2020-01-01T00:00:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
});
const applied = (manager: string) => entry(manager, 'Apply', { 'f:data': { 'f:a': {} } });
const updated = (manager: string) => entry(manager, 'Update', { 'f:data': { 'f:b': {} } });

describe('the managers of fields', () => {
  let sandbox: SandboxCluster;
  let target: Cluster;
  let writes: ApiRequest[] = [];
  beforeAll(async () => {
    sandbox = await startSandboxCluster();
    const connection = await connectTo(sandbox.kubeconfig);
    target = {
      name: connection.name,
      server: connection.server,
      discover: (options) => connection.discover(options),
      request: (request) => {
        if (/configmaps/.test(request.path)) writes.push(request);
        return connection.request(request);
      },
      close: () => connection.close(),
    };
  });
  afterAll(async () => {
    target?.close();
    await sandbox?.close();
  });

  const configMap = (namespace: string, name: string, managedFields?: unknown): TestItem => ({
    groupResource: 'configmaps',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace, managedFields },
      data: { a: '1', b: '2' },
    },
  });

  async function restored(namespace: string, managedFields: unknown, conflicts?: 'update' | 'merge') {
    const rig = new RestoreRig();
    const names = ['one', 'two', 'three'];
    await rig.addBackup(
      namespace,
      names.map((name) => configMap(namespace, name, managedFields)),
    );
    writes = [];
    const result = await restore(
      rig.job(
        target,
        namespace,
        { backupName: namespace },
        conflicts && { conflicts: { policy: conflicts } },
      ),
    );
    const path = `/api/v1/namespaces/${namespace}/configmaps/one`;
    const sent = [...writes];
    const live = JSON.parse((await target.request({ method: 'GET', path })).body.toString('utf8'));
    return { result, sent, owners: live.metadata.managedFields, live };
  }

  const summary = (owners: { manager: string; operation: string; fieldsV1: object }[]) =>
    owners.map(({ manager, operation }) => `${manager} ${operation}`).sort();

  it.each([
    ['nobody', undefined, 1, ['lifeboat Update']],
    ['one that applied', [applied('argo')], 1, ['argo Apply']],
    ['one that updated', [updated('helm')], 1, ['helm Update']],
    [
      'one, and a controller that wrote the status',
      [applied('argo'), entry('controller', 'Update', { 'f:status': {} }, { subresource: 'status' })],
      1,
      ['argo Apply'],
    ],
    ['several', [applied('argo'), updated('helm')], 2, ['argo Apply', 'helm Update']],
    ['a name that no API server takes', [applied('x'.repeat(129))], 1, ['lifeboat Update']],
    ['what is no entry', [7, null, { manager: 'a' }], 1, ['lifeboat Update']],
    ['an entry that is malformed', [applied('argo'), entry('x', 'Update', { zzz: {} })], 1, ['argo Apply']],
  ])('come back of objects of %s (%#)', async (_who, managedFields, requests, expected) => {
    const namespace = `owned-${writes.length}-${JSON.stringify(managedFields ?? '').length}`;
    const { result, sent, owners } = await restored(namespace, managedFields);

    expect(result).toMatchObject({ phase: 'Completed', errors: 0, warnings: 0 });
    expect(sent.length).toBe(3 * requests);
    expect(summary(owners)).toEqual(expected);
  });

  it('never change an object that exists, however it would be created', async () => {
    await sandbox.load(`
apiVersion: v1
kind: Namespace
metadata: {name: there}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: one, namespace: there}
data: {a: theirs}
`);
    const { live } = await restored('there', [applied('argo')]);

    expect(live.data).toEqual({ a: 'theirs' });
    expect(live.metadata.labels).toBeUndefined();
  });

  it('keep the fields that an update has set', async () => {
    await sandbox.load(`
apiVersion: v1
kind: Namespace
metadata: {name: updated}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: one, namespace: updated}
data: {a: theirs, c: '3'}
`);
    const { live, owners } = await restored('updated', [applied('argo')], 'update');

    expect(live.data).toEqual({ a: '1', b: '2' });
    expect(summary(owners)).toEqual(['argo Apply']);
  });
});
