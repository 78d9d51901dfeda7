import { describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';

export const namespaceCases: Cases = (client) => {
  describe('namespaces', () => {
    const path = '/api/v1/namespaces';

    it('come with the finalizer of the cluster, active', async () => {
      const { status, json } = await client().post(path, {
        metadata: { name: 'ns-new', labels: { a: 'b' } },
      });

      expect(status).toBe(201);
      expect(json).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
      expect(json.metadata.labels).toMatchObject({ a: 'b' });
      if (client().since(21)) expect(json.metadata.labels['kubernetes.io/metadata.name']).toBe('ns-new');
    });

    it('are given a service account and the CA of the cluster', async () => {
      const ns = await client().namespace('ns-filled');
      const ca = await client().until(`${ns}/configmaps/kube-root-ca.crt`, ({ status }) => status === 200);

      expect(ca.json.data['ca.crt']).toContain('BEGIN CERTIFICATE');
      expect((await client().get(`${ns}/serviceaccounts/default`)).status).toBe(200);
    });

    it('are given their service account again when it is deleted', async () => {
      const ns = await client().namespace('ns-refilled');
      const before = await client().get(`${ns}/serviceaccounts/default`);
      await client().delete(`${ns}/serviceaccounts/default`);
      const after = await client().until(`${ns}/serviceaccounts/default`, ({ status }) => status === 200);

      expect(after.json.metadata.uid).not.toBe(before.json.metadata.uid);
    });

    it('take nothing that is created in a namespace that does not exist', async () => {
      const answer = await client().post(`${path}/ns-none/configmaps`, { metadata: { name: 'x' } });

      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({
        message: 'namespaces "ns-none" not found',
        details: { name: 'ns-none', kind: 'namespaces' },
      });
    });

    it('end with all that is in them', async () => {
      const ns = await client().namespace('ns-ending');
      await client().post(`${ns}/configmaps`, { metadata: { name: 'inside' } });
      const deleted = await client().delete(`${path}/ns-ending`);
      const ended = await client().until(`${path}/ns-ending`, ({ status }) => status === 404, 30);

      expect(deleted.json).toMatchObject({
        kind: 'Namespace',
        metadata: { deletionTimestamp: expect.any(String) },
        status: { phase: 'Terminating' },
      });
      expect(ended.status).toBe(404);
      expect((await client().get(`${ns}/configmaps`)).json.items).toEqual([]);
      const again = await client().post(path, { metadata: { name: 'ns-ending' } });
      expect(again.status).toBe(201);
      expect(again.json.metadata.uid).not.toBe(deleted.json.metadata.uid);
    }, 60_000);

    it('that end refuse what is new, say what holds them, and go when it goes', async () => {
      const ns = await client().namespace('ns-held');
      await client().post(`${ns}/configmaps`, {
        metadata: { name: 'holder', finalizers: ['example.com/hold'] },
      });
      await client().delete(`${path}/ns-held`);
      const inside = await client().post(`${ns}/configmaps`, { metadata: { name: 'late' } });
      const again = await client().post(path, { metadata: { name: 'ns-held' } });
      const status = (answer: { json: { status?: { conditions?: { type: string; status: string }[] } } }) =>
        answer.json.status?.conditions?.find((each) => each.type === 'NamespaceFinalizersRemaining')?.status;
      const held = await client().until(`${path}/ns-held`, (answer) => status(answer) === 'True', 30);

      expect(inside.status).toBe(403);
      expect(inside.json).toMatchObject({
        reason: 'Forbidden',
        message:
          'configmaps "late" is forbidden: unable to create new content in namespace ns-held because it is being terminated',
        details: {
          name: 'late',
          kind: 'configmaps',
          causes: [
            {
              reason: 'NamespaceTerminating',
              message: 'namespace ns-held is being terminated',
              field: 'metadata.namespace',
            },
          ],
        },
      });
      expect(again.status).toBe(409);
      expect(again.json).toMatchObject({
        reason: 'AlreadyExists',
        message: 'object is being deleted: namespaces "ns-held" already exists',
      });
      expect(held.json.status.phase).toBe('Terminating');
      const conditions = Object.fromEntries(
        held.json.status.conditions.map((each: { type: string; message: string }) => [
          each.type,
          each.message,
        ]),
      );
      expect(conditions.NamespaceFinalizersRemaining).toContain('example.com/hold in 1 resource instances');
      expect(conditions.NamespaceContentRemaining).toContain('configmaps. has 1 resource instances');

      await client().merge(`${ns}/configmaps/holder`, { metadata: { finalizers: null } });
      expect((await client().until(`${path}/ns-held`, ({ status: code }) => code === 404, 60)).status).toBe(
        404,
      );
    }, 120_000);
  });
};
