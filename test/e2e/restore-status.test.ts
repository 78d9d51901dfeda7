import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiRequest, Cluster } from '../../shared/platform/kubernetes/port';
import type { ConflictPolicy } from '../../shared/formats/manifests/conflict-policy';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import {
  connectTo,
  RestoreRig,
  type TestItem,
  type TestObject,
} from '../shared/operations/restore/restore-rig';
import { anything, definition } from './restore/items';

const ns = 'statuses';
const group = 'statuses.example.com';
const metadata = (name: string, more: object = {}) => ({ name, namespace: ns, ...more });

/** A custom resource: a Plain has its status as ordinary data, which its schema requires; an Apart has the subresource. */
const custom = (kind: 'Plain' | 'Apart', name: string, fields: object, more: object = {}): TestItem => ({
  groupResource: `${kind.toLowerCase()}s.${group}`,
  object: { apiVersion: `${group}/v1`, kind, metadata: metadata(name, more), ...fields },
});
const ingress = (name: string, fields: object): TestItem => ({
  groupResource: 'ingresses.networking.k8s.io',
  object: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata(name),
    spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    ...fields,
  },
});
const balanced = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } });

describeWithRealCluster('a restore of statuses', (cluster) => {
  const rig = new RestoreRig();
  let target: Cluster;
  let count = 0;
  const kubectl = (...parameters: string[]) => cluster().kubectl(...parameters);
  const call = async (method: ApiRequest['method'], path: string, body?: object): Promise<TestObject> => {
    const response = await target.request({
      method,
      path,
      body: body && JSON.stringify(body),
      contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    });
    const answer = JSON.parse(response.body.toString('utf8'));
    if (response.status >= 300) throw new Error(answer.message);
    return answer;
  };
  const collection = (resource: string) =>
    resource === 'ingresses'
      ? `/apis/networking.k8s.io/v1/namespaces/${ns}/ingresses`
      : `/apis/${group}/v1/namespaces/${ns}/${resource}`;
  const get = (resource: string, name: string) => call('GET', `${collection(resource)}/${name}`);
  const create = ({ groupResource, object }: TestItem) =>
    call('POST', collection(groupResource.split('.')[0]!), object as TestObject);
  const setStatus = (resource: string, name: string, status: object) =>
    call('PATCH', `${collection(resource)}/${name}/status`, { status });

  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
    await kubectl('create', 'namespace', ns);
    const plain = definition('plains', 'Plain', group, { ...anything, required: ['status'] });
    delete (plain.object as TestObject).spec.versions[0].subresources;
    for (const item of [plain, definition('aparts', 'Apart', group, anything)]) {
      await cluster().create(JSON.stringify(item.object));
    }
    await kubectl('wait', '--for=condition=Established', `crd/plains.${group}`, `crd/aparts.${group}`);
  });
  afterAll(() => target?.close());

  const setUp = async (items: TestItem[], policy: ConflictPolicy, statusOf: string[]) => {
    const name = `statuses-${++count}`;
    await rig.addBackup(name, items);
    const restoreStatus = statusOf.length > 0 ? { includedResources: statusOf } : undefined;
    return rig.job(target, `${name}-r`, { backupName: name, restoreStatus }, { conflicts: { policy } });
  };
  const found = (outcomes: ObjectOutcome[]) => outcomes.find(({ kind }) => kind !== 'Namespace');
  /** Restores one object, and returns what its plan and its report say. */
  const restored = async (item: TestItem, policy: ConflictPolicy = 'skip', statusOf: string[] = []) => {
    const job = await setUp([item], policy, statusOf);
    const seen: ObjectOutcome[] = [];
    await rehearse(job, { hashKey: Buffer.alloc(32), heard: (one) => seen.push(one) });
    await restore(job, { termination: 0, resources: 0, controllers: 0, poll: 50 });
    const { outcome, reason } = found(await rig.outcomes(job.request.metadata.name))!;
    const plan = found(seen)!;
    return { plan: plan.outcome, diff: plan.diff?.map(({ path }) => path), outcome, reason };
  };

  describe('of a custom resource without the subresource', () => {
    it('creates an object whose schema requires it, and finds it the same afterwards', async () => {
      const item = custom('Plain', 'new', { status: { phase: 'Ready', list: [{ a: 1 }] } });
      expect(await restored(item)).toMatchObject({ plan: 'created', outcome: 'created' });
      expect((await get('plains', 'new')).status).toEqual({ phase: 'Ready', list: [{ a: 1 }] });
      expect(await restored(item, 'update')).toMatchObject({ plan: 'same', outcome: 'same' });
    });

    it.each([
      ['skip', 'different', { phase: 'Live', live: 1 }],
      ['fail', 'failed', { phase: 'Live', live: 1 }],
      ['update', 'updated', { phase: 'Ready' }],
      ['merge', 'updated', { phase: 'Ready', live: 1 }],
      ['replace', 'recreated', { phase: 'Ready' }],
    ] as const)('compares it like any other field under %s', async (policy, outcome, status) => {
      const name = `plain-${policy}`;
      await create(custom('Plain', name, { status: { phase: 'Live', live: 1 } }));
      const seen = await restored(custom('Plain', name, { status: { phase: 'Ready' } }), policy);
      expect(seen).toMatchObject({ plan: outcome, outcome, reason: expect.stringContaining('status.phase') });
      expect((await get('plains', name)).status).toEqual(status);
    });

    it('gives it back to its manager', async () => {
      const manager = {
        manager: 'operator',
        operation: 'Update',
        apiVersion: `${group}/v1`,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:status': { '.': {}, 'f:phase': {} } },
      };
      const item = custom('Plain', 'managed', { status: { phase: 'Ready' } }, { managedFields: [manager] });
      expect(await restored(item)).toMatchObject({ outcome: 'created' });
      const live = await get('plains', 'managed');
      expect(live.metadata.managedFields).toMatchObject([{ manager: 'operator' }]);
    });
  });

  describe('that the API server keeps apart', () => {
    const kinds = [
      [
        'a custom resource',
        'aparts',
        custom.bind(undefined, 'Apart'),
        { phase: 'Ready' },
        { phase: 'Live', live: 1 },
      ],
      ['an Ingress', 'ingresses', ingress, balanced('10.0.0.1'), balanced('10.0.0.2')],
    ] as const;

    describe.each(kinds)('of %s', (_kind, resource, make, archived, present) => {
      it.each([
        ['skip', 'different', present],
        ['fail', 'failed', present],
        ['update', 'updated', archived],
        ['merge', 'updated', { ...present, ...archived }],
        ['replace', 'updated', archived],
      ] as const)('is met by the policy %s where it was asked for', async (policy, outcome, status) => {
        const name = `${resource}-${policy}`;
        await create(make(name, {}));
        await setStatus(resource, name, present);
        const { uid } = (await get(resource, name)).metadata;
        const item = make(name, { status: archived });

        expect(await restored(item, policy)).toMatchObject({ plan: 'same', outcome: 'same' });
        const seen = await restored(item, policy, [resource]);

        expect(seen).toMatchObject({ plan: outcome, outcome });
        expect(seen.diff!.every((path) => path.startsWith('status'))).toBe(true);
        expect(seen.reason).toContain('status.');
        const live = await get(resource, name);
        expect(live.status).toMatchObject(status);
        expect(live.metadata.uid).toBe(uid);
        const left = outcome === 'updated' ? 'same' : outcome;
        expect(await restored(item, policy, [resource])).toMatchObject({ plan: left, outcome: left });
      });
    });

    it('goes out beside the rest of an update, and comes back with what is made again', async () => {
      for (const policy of ['update', 'replace'] as const) {
        const name = `both-${policy}`;
        await create(custom('Apart', name, { spec: { a: 1 } }));
        await setStatus('aparts', name, { phase: 'Live' });
        const item = custom('Apart', name, { spec: { a: 2 }, status: { phase: 'Ready' } });
        const outcome = policy === 'update' ? 'updated' : 'recreated';
        expect(await restored(item, policy, ['aparts'])).toMatchObject({ plan: outcome, outcome });
        expect(await get('aparts', name)).toMatchObject({ spec: { a: 2 }, status: { phase: 'Ready' } });
      }
    });

    it('tells of a status that is refused, also where the rest was taken', async () => {
      await cluster().create(
        JSON.stringify({
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicy',
          metadata: { name: 'no-status' },
          spec: {
            failurePolicy: 'Fail',
            matchConstraints: {
              resourceRules: [
                {
                  apiGroups: [group],
                  apiVersions: ['v1'],
                  operations: ['UPDATE'],
                  resources: ['aparts/status'],
                },
              ],
            },
            validations: [
              { expression: "!object.metadata.name.startsWith('refused')", message: 'no status here' },
            ],
          },
        }),
      );
      await cluster().create(
        JSON.stringify({
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata: { name: 'no-status' },
          spec: { policyName: 'no-status', validationActions: ['Deny'] },
        }),
      );
      await create(custom('Apart', 'refused', { spec: { a: 1 } }));
      // The policy is in force after a moment.
      for (let tries = 100; tries > 0; tries--) {
        const isRefused = await setStatus('aparts', 'refused', { phase: String(tries) }).then(
          () => false,
          () => true,
        );
        if (isRefused) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const made = await restored(custom('Apart', 'refused-new', { status: { phase: 'Ready' } }), 'update', [
        'aparts',
      ]);
      expect(made).toMatchObject({ outcome: 'created', reason: expect.stringContaining('no status here') });

      const item = custom('Apart', 'refused', { spec: { a: 2 }, status: { phase: 'Ready' } });
      const seen = await restored(item, 'update', ['aparts']);
      expect(seen.reason).toContain('no status here');
      expect(seen.outcome).not.toBe('updated');
      expect((await get('aparts', 'refused')).spec).toEqual({ a: 2 });
    });
  });
});
