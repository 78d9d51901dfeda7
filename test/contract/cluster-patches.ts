import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';

export const patchCases: Cases = (client) => {
  describe('patches', () => {
    let ns: string;
    let path: string;
    let count = 0;
    beforeAll(async () => {
      ns = await client().namespace('patches');
    }, 60_000);
    beforeEach(async () => {
      count += 1;
      path = `${ns}/configmaps/p${count}`;
      await client().post(`${ns}/configmaps`, {
        metadata: { name: `p${count}`, labels: { keep: 'x', drop: 'y' } },
        data: { a: '1', b: '2' },
      });
    });

    const json = (body: unknown, to = path) =>
      client().send('PATCH', to, { body, type: 'application/json-patch+json' });
    const apply = (body: unknown, query = 'fieldManager=m&force=true', to = path) =>
      client().send('PATCH', `${to}?${query}`, { body, type: 'application/apply-patch+yaml' });

    it('merges maps, removes what is null, replaces the rest (merge patch)', async () => {
      const answer = await client().merge(path, {
        metadata: { labels: { drop: null, add: 'z' } },
        data: { b: '3' },
      });

      expect(answer.status).toBe(200);
      expect(answer.json.metadata.labels).toEqual({ keep: 'x', add: 'z' });
      expect(answer.json.data).toEqual({ a: '1', b: '3' });
    });

    it('carries out the operations of a JSON patch, or none of them', async () => {
      const good = await json([
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'replace', path: '/data/a', value: '9' },
        { op: 'add', path: '/metadata/labels/example.com~1name', value: 'w' },
        { op: 'remove', path: '/metadata/labels/drop' },
      ]);
      const bad = await json([
        { op: 'remove', path: '/data/a' },
        { op: 'test', path: '/data/b', value: 'other' },
      ]);
      const nowhere = await json([{ op: 'replace', path: '/none/of/it', value: 1 }]);

      expect(good.json.data.a).toBe('9');
      expect(good.json.metadata.labels).toEqual({ keep: 'x', 'example.com/name': 'w' });
      expect([bad.status, nowhere.status]).toEqual([422, 422]);
      expect((await client().get(path)).json.data.a).toBe('9');
    });

    it('merges the lists of built-in kinds by their keys (strategic merge)', async () => {
      const services = `${ns}/services`;
      await client().post(services, {
        metadata: { name: `s${count}` },
        spec: { ports: [{ name: 'a', port: 80 }], selector: { a: 'b' } },
      });
      const answer = await client().send('PATCH', `${services}/s${count}`, {
        body: { spec: { ports: [{ name: 'b', port: 81 }], selector: { a: null, c: 'd' } } },
        type: 'application/strategic-merge-patch+json',
      });

      const ports = answer.json.spec.ports.map((each: { port: number }) => each.port).sort();
      expect(ports).toEqual([80, 81]);
      expect(answer.json.spec.selector).toEqual({ c: 'd' });
    });

    it('refuses a patch type that it does not know with 415', async () => {
      const answer = await client().send('PATCH', path, { body: {}, type: 'application/json' });

      expect(answer.status).toBe(415);
      expect(answer.json.reason).toBe('UnsupportedMediaType');
    });

    it('refuses to patch what is not there, another identity, or another version', async () => {
      const missing = await client().merge(`${ns}/configmaps/none`, { data: {} });
      const renamed = await client().merge(path, { metadata: { name: 'other' } });
      const stale = await client().merge(path, { metadata: { resourceVersion: '1' }, data: { a: '5' } });

      expect([missing.status, renamed.status, stale.status]).toEqual([404, 400, 409]);
      expect(stale.json.reason).toBe('Conflict');
    });

    it('leaves the version as it is when a patch changes nothing', async () => {
      const before = await client().get(path);
      const after = await client().merge(path, { data: { a: '1' } });

      expect(after.json.metadata.resourceVersion).toBe(before.json.metadata.resourceVersion);
    });

    it('creates by server-side apply, and does not count a second one that is equal', async () => {
      const to = `${ns}/configmaps/applied${count}`;
      const body = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `applied${count}` },
        data: { a: 'b' },
      };
      const first = await apply(body, undefined, to);
      const second = await apply(body, undefined, to);

      expect([first.status, second.status]).toEqual([201, 200]);
      expect(second.json.metadata.resourceVersion).toBe(first.json.metadata.resourceVersion);
      expect(first.json.metadata.managedFields).toEqual([
        expect.objectContaining({
          manager: 'm',
          operation: 'Apply',
          fieldsV1: { 'f:data': { 'f:a': {} } },
        }),
      ]);
    });

    it('adds by apply to what others wrote, and takes away only what the same manager applied before', async () => {
      const name = `p${count}`;
      const body = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
      await apply(body({ c: '3' }));
      const answer = await apply(body({ d: '4' }));

      expect(answer.json.data).toEqual({ a: '1', b: '2', d: '4' });
    });

    it('refuses to apply over a value that another manager owns, unless forced', async () => {
      const name = `p${count}`;
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: 'mine' } };
      const refused = await apply(body, 'fieldManager=m');
      const forced = await apply(body, 'fieldManager=m&force=true');

      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject({
        reason: 'Conflict',
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
      });
      expect(forced.json.data.a).toBe('mine');
    });

    it('creates by an apply that names version 1, and refuses it where the object exists', async () => {
      const body = (name: string) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, resourceVersion: '1' },
        data: { a: 'applied' },
      });
      const created = await apply(body(`new${count}`), 'fieldManager=m', `${ns}/configmaps/new${count}`);
      const again = await apply(body(`new${count}`), 'fieldManager=m', `${ns}/configmaps/new${count}`);
      const other = await apply(body(`p${count}`), 'fieldManager=m');

      expect([created.status, again.status, other.status]).toEqual([201, 409, 409]);
      expect([again.json.reason, other.json.reason]).toEqual(['Conflict', 'Conflict']);
      expect((await client().get(path)).json.data.a).toBe('1');
    });

    describe('of managedFields', () => {
      const entry = (manager: string, operation: string, field: string) => ({
        manager,
        operation,
        apiVersion: 'v1',
        time: '2020-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { [`f:${field}`]: {} } },
      });
      const good = [entry('gitops', 'Apply', 'a'), entry('hand', 'Update', 'b')];

      it('sets those that it brings', async () => {
        const set = await client().merge(path, { metadata: { managedFields: good } });
        const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `p${count}` } };
        const applied = await apply(body, 'fieldManager=gitops');

        expect(set.status).toBe(200);
        expect(set.json.metadata.managedFields).toEqual(good);
        expect(applied.json.data).toEqual({ b: '2' });
      });

      it('takes none of them where one is malformed', async () => {
        await client().merge(path, { metadata: { managedFields: good } });
        const bad = await client().merge(path, { metadata: { managedFields: [entry('x', 'Other', 'a')] } });

        // An old server refuses the patch.
        expect(bad.status).toBe(client().since(24) ? 200 : 422);
        const { json: after } = await client().get(path);
        expect(after.metadata.managedFields).toEqual(good);
      });
    });

    it('refuses managedFields, a missing manager, and a uid of nothing in an apply', async () => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `p${count}` } };
      const managedFields = [
        { manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} },
      ];
      const managed = await apply({ ...body, metadata: { ...body.metadata, managedFields } });
      const unmanaged = await apply(body, 'force=true');
      const uid = '11111111-1111-4111-8111-111111111111';
      const to = `${ns}/configmaps/nothing`;
      const nothing = await apply({ ...body, metadata: { name: 'nothing', uid } }, undefined, to);

      expect([managed.status, unmanaged.status, nothing.status]).toEqual([400, 422, 409]);
      expect(managed.json.message).toBe('metadata.managedFields must be nil');
    });
  });
};
