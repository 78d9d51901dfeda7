import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster } from '../../shared/platform/kubernetes/port';
import type { RestoreRequest } from '../../shared/formats/manifests/run';
import { rehearse } from '../../shared/operations/restore/rehearsal/rehearse';
import type { ObjectOutcome } from '../../shared/operations/restore/report/outcome';
import { restore } from '../../shared/operations/restore/restore';
import { describeWithRealCluster } from '../harness/describe-with-real-cluster';
import { startWebhookBackend, type WebhookBackend } from '../harness/webhook-backend';
import { connectTo, RestoreRig, type TestItem } from '../shared/operations/restore/restore-rig';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const hasty = { resources: 0, deletion: 0, termination: 0, poll: 10, controllers: 0 };
const old = 'swordfish-of-the-cluster';
const wanted = 'hunter2-of-the-backup';

const secret = (name: string, password: string): TestItem => ({
  groupResource: 'secrets',
  object: {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'quoted' },
    type: 'Opaque',
    data: { password: base64(password) },
  },
});

/** Denies Secrets whose name begins so, and says why in words that quote them. */
const policy = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: talkative}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}
  matchConditions:
  - {name: ours, expression: "object.metadata.name.startsWith('policy-')"}
  validations:
  - expression: "false"
    messageExpression: "'the password ' + string(object.data.password) + ' is weak'"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: talkative}
spec: {policyName: talkative, validationActions: [Deny]}
`;

describeWithRealCluster('what a real API server says of a Secret that it refuses', (cluster) => {
  let target: Cluster;
  let backend: WebhookBackend;

  beforeAll(async () => {
    target = await connectTo(cluster().kubeconfig);
    await cluster().create('apiVersion: v1\nkind: Namespace\nmetadata: {name: quoted}');
    for (const kind of ['policy', 'hook'])
      await cluster().create(JSON.stringify(secret(`${kind}-there`, old).object));
    backend = await startWebhookBackend(({ object, operation }) =>
      object?.metadata?.name.startsWith('hook-')
        ? { message: `${operation} of ${JSON.stringify(object)} is not allowed` }
        : undefined,
    );
    const rule = {
      apiGroups: [''],
      apiVersions: ['v1'],
      operations: ['CREATE', 'UPDATE'],
      resources: ['secrets'],
    };
    const configuration = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'talkative' },
      webhooks: [
        {
          name: 'talkative.example.com',
          clientConfig: backend.clientConfig,
          rules: [rule],
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          failurePolicy: 'Fail',
        },
      ],
    };
    await cluster().create(`${JSON.stringify(configuration)}\n---${policy}`);
    // Both are heeded some moments after they are made.
    for (const name of ['policy-try', 'hook-try']) await until(async () => (await refusalOf(name)) !== '');
  }, 60_000);
  afterAll(() => {
    target?.close();
    backend?.close();
  });

  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 200));
  }

  /** What the API server answers to a create of a Secret, in a dry-run; nothing where it takes it. */
  async function refusalOf(name: string): Promise<string> {
    const { status, body } = await target.request({
      method: 'POST',
      path: '/api/v1/namespaces/quoted/secrets?dryRun=All',
      body: JSON.stringify(secret(name, wanted).object),
      contentType: 'application/json',
    });
    return status < 300 ? '' : (JSON.parse(body.toString('utf8')) as { message: string }).message;
  }

  async function outputs(items: TestItem[], more: Partial<RestoreRequest>): Promise<string> {
    const rig = new RestoreRig();
    await rig.addBackup('b', items);
    const job = rig.job(target, 'r', { backupName: 'b' }, more as object);
    const planned: ObjectOutcome[] = [];
    const rehearsal = await rehearse(job, { hashKey: randomBytes(32), heard: (one) => planned.push(one) });
    const result = await restore(job, hasty);
    const files = [
      await rig.log('r'),
      await rig.results('r'),
      await rig.resourceList('r'),
      await rig.outcomes('r'),
    ];
    return JSON.stringify([planned, rehearsal, result, files]);
  }

  it.each([
    ['a policy', 'policy', "ValidatingAdmissionPolicy 'talkative'"],
    ['a webhook', 'hook', 'webhook \\"talkative.example.com\\" denied the request'],
  ])(
    'goes out without the values that it quotes: %s, of a create and of an update',
    async (_, prefix, frame) => {
      const said = await refusalOf(`${prefix}-new`);
      expect([wanted, base64(wanted)].some((value) => said.includes(value))).toBe(true);
      const text = await outputs([secret(`${prefix}-new`, wanted), secret(`${prefix}-there`, wanted)], {
        conflicts: { policy: 'update' },
      });
      expect(text).toContain(frame);
      expect(text).toContain(`${prefix}-new`);
      for (const value of [wanted, base64(wanted), old, base64(old)]) expect(text).not.toContain(value);
      expect(text).toContain('it may quote its values');
    },
  );
});
