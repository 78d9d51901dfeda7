import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';

export const objectCases: Cases = (client) => {
  describe('objects', () => {
    let ns: string;
    beforeAll(async () => {
      ns = await client().namespace('objects');
    }, 60_000);

    it('gives a new object its identity, and gives it back', async () => {
      const created = await client().post(`${ns}/configmaps`, {
        metadata: { name: 'identity', labels: { a: 'b' } },
        data: { k: 'v' },
      });

      expect(created.status).toBe(201);
      expect(created.json).toMatchObject({
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: { name: 'identity', namespace: 'objects', labels: { a: 'b' } },
        data: { k: 'v' },
      });
      expect(created.json.metadata.uid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(created.json.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(created.json.metadata.resourceVersion).toMatch(/^[1-9]\d*$/);
      const found = await client().get(`${ns}/configmaps/identity`);
      expect(found.json).toEqual(created.json);
    });

    it('does not take uid, creationTimestamp, deletionTimestamp and selfLink from the body', async () => {
      const { json } = await client().post(`${ns}/configmaps`, {
        metadata: {
          name: 'claims',
          uid: '11111111-1111-4111-8111-111111111111',
          creationTimestamp: '2001-01-01T00:00:00Z',
          deletionTimestamp: '2001-01-01T00:00:00Z',
          deletionGracePeriodSeconds: 30,
        },
      });

      expect(json.metadata.uid).not.toBe('11111111-1111-4111-8111-111111111111');
      expect(json.metadata.creationTimestamp).not.toBe('2001-01-01T00:00:00Z');
      expect(json.metadata).not.toHaveProperty('deletionTimestamp');
      expect(json.metadata).not.toHaveProperty('deletionGracePeriodSeconds');
    });

    it('refuses a create with a resourceVersion with 500', async () => {
      const answer = await client().post(`${ns}/configmaps`, {
        metadata: { name: 'versioned', resourceVersion: '5' },
      });

      expect(answer.status).toBe(500);
      expect(answer.json.message).toBe('resourceVersion should not be set on objects to be created');
    });

    it('keeps finalizers and owner references of a create', async () => {
      const owner = await client().post(`${ns}/configmaps`, { metadata: { name: 'keeper' } });
      const references = [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'keeper', uid: owner.json.metadata.uid },
      ];
      const { json } = await client().post(`${ns}/configmaps`, {
        metadata: { name: 'kept', finalizers: ['example.com/hold'], ownerReferences: references },
      });

      expect(json.metadata.finalizers).toEqual(['example.com/hold']);
      expect(json.metadata.ownerReferences).toEqual(references);
      await client().merge(`${ns}/configmaps/kept`, { metadata: { finalizers: null } });
    });

    it('records who owns which field', async () => {
      const { json } = await client().post(`${ns}/configmaps?fieldManager=tester`, {
        metadata: { name: 'managed', labels: { l: 'x' } },
        data: { k: 'v' },
      });

      expect(json.metadata.managedFields).toEqual([
        {
          manager: 'tester',
          operation: 'Update',
          apiVersion: 'v1',
          time: expect.any(String),
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:data': { '.': {}, 'f:k': {} },
            'f:metadata': { 'f:labels': { '.': {}, 'f:l': {} } },
          },
        },
      ]);
    });

    it('takes the managedFields of a create for no more than a hint', async () => {
      const { json } = await client().post(`${ns}/configmaps`, {
        metadata: {
          name: 'hinted',
          managedFields: [
            {
              manager: 'earlier',
              operation: 'Update',
              apiVersion: 'v1',
              time: '2001-01-01T00:00:00Z',
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:data': { '.': {}, 'f:k': {} } },
            },
          ],
        },
        data: { k: 'v' },
      });

      const owners = json.metadata.managedFields.map((each: { manager: string }) => each.manager);
      expect(owners).toContain('contract');
    });

    it('makes up the end of a generated name', async () => {
      const first = await client().post(`${ns}/configmaps`, { metadata: { generateName: 'made-' } });
      const second = await client().post(`${ns}/configmaps`, { metadata: { generateName: 'made-' } });

      expect(first.json.metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
      expect(first.json.metadata.generateName).toBe('made-');
      expect(second.json.metadata.name).not.toBe(first.json.metadata.name);
    });

    it('answers a second create with 409 AlreadyExists', async () => {
      await client().post(`${ns}/configmaps`, { metadata: { name: 'twice' } });
      const answer = await client().post(`${ns}/configmaps`, { metadata: { name: 'twice' } });

      expect(answer.status).toBe(409);
      expect(answer.json).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'configmaps "twice" already exists',
        reason: 'AlreadyExists',
        details: { name: 'twice', kind: 'configmaps' },
        code: 409,
      });
    });

    it('names group and resource in the answer about what is not there', async () => {
      const answer = await client().get('/apis/apps/v1/namespaces/objects/deployments/none');

      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({
        message: 'deployments.apps "none" not found',
        reason: 'NotFound',
        details: { name: 'none', group: 'apps', kind: 'deployments' },
      });
    });

    it('answers 422 with a cause to a name that is none', async () => {
      const answer = await client().post(`${ns}/configmaps`, { metadata: { name: 'Wrong_Name' } });
      const nameless = await client().post(`${ns}/configmaps`, { metadata: {} });

      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({
        reason: 'Invalid',
        details: {
          name: 'Wrong_Name',
          kind: 'ConfigMap',
          causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }],
        },
      });
      expect(nameless.status).toBe(422);
      expect(nameless.json.details.causes).toEqual([
        {
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
          field: 'metadata.name',
        },
      ]);
    });

    it('takes names of roles that are not DNS names, and tells their case apart', async () => {
      const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
      const upper = await client().post(roles, { metadata: { name: 'Contract:Role' }, rules: [] });
      const lower = await client().get(`${roles}/contract:role`);

      expect(upper.status).toBe(201);
      expect(lower.status).toBe(404);
      expect((await client().get(`${roles}/Contract%3ARole`)).status).toBe(200);
      await client().delete(`${roles}/Contract:Role`);
    });

    it('refuses bodies that are not the object: wrong kind, wrong version, no JSON, no JSON type', async () => {
      const path = `${ns}/configmaps`;
      const kind = await client().post(path, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } });
      const version = await client().post(path, {
        apiVersion: 'v9',
        kind: 'ConfigMap',
        metadata: { name: 'x' },
      });
      const broken = await client().send('POST', path, { text: '{"metadata":' });
      const text = await client().send('POST', path, { text: '{}', type: 'text/plain' });

      expect([kind.status, version.status, broken.status, text.status]).toEqual([400, 400, 400, 415]);
      for (const each of [kind, version, broken]) expect(each.json.reason).toBe('BadRequest');
      expect(text.json.reason).toBe('UnsupportedMediaType');
    });

    it('refuses a namespace that differs from that of the path, and a create without one', async () => {
      const differs = await client().post(`${ns}/configmaps`, {
        metadata: { name: 'x', namespace: 'default' },
      });
      const without = await client().post('/api/v1/configmaps', { metadata: { name: 'x' } });

      expect(differs.status).toBe(400);
      expect(without.status).toBe(405);
      expect(without.json.reason).toBe('MethodNotAllowed');
    });

    it('replaces an object only over the version that the body names', async () => {
      const created = await client().post(`${ns}/configmaps`, {
        metadata: { name: 'put' },
        data: { k: '1' },
      });
      const stale = await client().put(`${ns}/configmaps/put`, {
        metadata: { name: 'put', resourceVersion: '1' },
        data: { k: '2' },
      });
      const fresh = await client().put(`${ns}/configmaps/put`, {
        metadata: { name: 'put', resourceVersion: created.json.metadata.resourceVersion },
        data: { k: '2' },
      });
      const blind = await client().put(`${ns}/configmaps/put`, {
        metadata: { name: 'put' },
        data: { k: '3' },
      });

      expect(stale.status).toBe(409);
      expect(stale.json).toMatchObject({
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "put": the object has been modified; please apply your changes to the latest version and try again',
      });
      expect(fresh.status).toBe(200);
      expect(fresh.json.metadata.uid).toBe(created.json.metadata.uid);
      expect(Number(fresh.json.metadata.resourceVersion)).toBeGreaterThan(
        Number(created.json.metadata.resourceVersion),
      );
      expect(blind.json.data).toEqual({ k: '3' });
    });

    it('refuses to replace what is not there, and under another name', async () => {
      await client().post(`${ns}/configmaps`, { metadata: { name: 'here' } });
      const missing = await client().put(`${ns}/configmaps/gone`, { metadata: { name: 'gone' } });
      const renamed = await client().put(`${ns}/configmaps/here`, { metadata: { name: 'there' } });
      const unnamed = await client().put(`${ns}/configmaps/here`, { metadata: {} });

      expect([missing.status, renamed.status, unnamed.status]).toEqual([404, 400, 400]);
    });

    it('does not count a write that changes nothing', async () => {
      const created = await client().post(`${ns}/configmaps`, {
        metadata: { name: 'same' },
        data: { k: 'v' },
      });
      const again = await client().put(`${ns}/configmaps/same`, {
        metadata: { name: 'same' },
        data: { k: 'v' },
      });

      expect(again.json.metadata.resourceVersion).toBe(created.json.metadata.resourceVersion);
    });

    it('counts the revisions of a spec, not of labels or status', async () => {
      const path = '/apis/networking.k8s.io/v1/namespaces/objects/networkpolicies';
      const created = await client().post(path, {
        metadata: { name: 'counted', generation: 7 },
        spec: { podSelector: {} },
      });
      const labelled = await client().merge(`${path}/counted`, { metadata: { labels: { a: 'b' } } });
      const changed = await client().merge(`${path}/counted`, {
        spec: { podSelector: { matchLabels: { a: 'b' } } },
      });

      const generations = [created, labelled, changed].map((each) => each.json.metadata.generation);
      expect(generations).toEqual([1, 1, 2]);
    });

    it('leaves status out of a create and of a put, and everything else out of a put to /status', async () => {
      const path = '/apis/networking.k8s.io/v1/namespaces/objects/ingresses';
      const service = { name: 'web', port: { number: 80 } };
      const ingress = (address: string, more: object = {}) => ({
        metadata: { name: 'halves', ...more },
        spec: { defaultBackend: { service } },
        status: { loadBalancer: { ingress: [{ ip: address }] } },
      });
      const created = await client().post(path, ingress('192.0.2.1'));
      const put = await client().put(`${path}/halves`, ingress('192.0.2.2'));
      const status = await client().put(`${path}/halves/status`, {
        ...ingress('192.0.2.3'),
        spec: { defaultBackend: { service: { ...service, name: 'other' } } },
      });

      expect([created.status, put.status, status.status]).toEqual([201, 200, 200]);
      expect(created.json.status).toEqual({ loadBalancer: {} });
      expect(put.json.status).toEqual({ loadBalancer: {} });
      expect(status.json.status).toEqual({ loadBalancer: { ingress: [{ ip: '192.0.2.3' }] } });
      expect(status.json.spec.defaultBackend.service.name).toBe('web');
    });

    it('runs a dry run through all checks and writes nothing', async () => {
      const good = await client().post(`${ns}/configmaps?dryRun=All`, { metadata: { name: 'dry' } });
      const bad = await client().post(`${ns}/configmaps?dryRun=All`, { metadata: { name: 'Not A Name' } });
      const unknown = await client().post(`${ns}/configmaps?dryRun=some`, { metadata: { name: 'dry' } });
      const nowhere = await client().post('/api/v1/namespaces/none/configmaps?dryRun=All', {
        metadata: { name: 'dry' },
      });

      expect(good.status).toBe(201);
      expect(good.json.metadata.uid).toBeDefined();
      expect(good.json.metadata).not.toHaveProperty('resourceVersion');
      expect((await client().get(`${ns}/configmaps/dry`)).status).toBe(404);
      expect([bad.status, unknown.status, nowhere.status]).toEqual([422, 422, 404]);
    });

    it('refuses a body above three megabytes with 413', async () => {
      const answer = await client().post(`${ns}/configmaps`, {
        metadata: { name: 'large' },
        data: { k: 'x'.repeat(3_200_000) },
      });

      expect(answer.status).toBe(413);
      expect(answer.json).toMatchObject({ reason: 'RequestEntityTooLarge', code: 413 });
    });

    it('takes YAML as well', async () => {
      const answer = await client().send('POST', `${ns}/configmaps`, {
        text: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  k: v\n',
        type: 'application/yaml',
      });

      expect(answer.status).toBe(201);
      expect(answer.json.data).toEqual({ k: 'v' });
    });
  });
};
