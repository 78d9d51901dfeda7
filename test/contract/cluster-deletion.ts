import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Cases } from './cluster';

export const deletionCases: Cases = (client) => {
  describe('deletion', () => {
    let ns: string;
    let path: string;
    beforeAll(async () => {
      ns = await client().namespace('deletion');
      path = `${ns}/configmaps`;
    }, 60_000);

    const create = async (name: string, metadata: object = {}) =>
      (await client().post(path, { metadata: { name, ...metadata } })).json.metadata.uid as string;
    const child = (name: string, owner: string, uid: string) =>
      create(name, {
        ownerReferences: [
          { apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid, blockOwnerDeletion: true },
        ],
      });
    const gone = (name: string) => client().until(`${path}/${name}`, ({ status }) => status === 404);

    it('answers with a Status that names what is gone', async () => {
      const uid = await create('plain');
      const answer = await client().delete(`${path}/plain`);

      expect(answer.status).toBe(200);
      expect(answer.json).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'plain', kind: 'configmaps', uid },
      });
      expect((await client().get(`${path}/plain`)).status).toBe(404);
      expect((await client().delete(`${path}/plain`)).status).toBe(404);
    });

    it('holds an object with finalizers until an update takes the last one', async () => {
      await create('held', { finalizers: ['example.com/a', 'example.com/b'] });
      const deleted = await client().delete(`${path}/held`);
      const again = await client().post(path, { metadata: { name: 'held' } });
      await client().merge(`${path}/held`, { metadata: { finalizers: ['example.com/b'] } });
      const still = await client().get(`${path}/held`);
      const last = await client().merge(`${path}/held`, { metadata: { finalizers: null } });

      expect(deleted.status).toBe(200);
      expect(deleted.json.metadata).toMatchObject({
        name: 'held',
        deletionTimestamp: expect.any(String),
        deletionGracePeriodSeconds: 0,
        finalizers: ['example.com/a', 'example.com/b'],
      });
      expect(again.status).toBe(409);
      expect(again.json.message).toContain('configmaps "held" already exists');
      expect(still.status).toBe(200);
      expect(last.status).toBe(200);
      expect((await client().get(`${path}/held`)).status).toBe(404);
    });

    it('refuses a deletion whose preconditions do not hold', async () => {
      await create('guarded');
      const byUid = await client().delete(`${path}/guarded`, {
        preconditions: { uid: '11111111-1111-4111-8111-111111111111' },
      });
      const byVersion = await client().delete(`${path}/guarded`, {
        preconditions: { resourceVersion: '1' },
      });

      expect([byUid.status, byVersion.status]).toEqual([409, 409]);
      expect(byUid.json).toMatchObject({
        reason: 'Conflict',
        details: { name: 'guarded', kind: 'ConfigMap' },
      });
      expect((await client().get(`${path}/guarded`)).status).toBe(200);
    });

    it('deletes dependents after their owner (background)', async () => {
      const uid = await create('owner-b');
      await child('child-b', 'owner-b', uid);
      const answer = await client().delete(`${path}/owner-b`, { propagationPolicy: 'Background' });

      expect(answer.json.status).toBe('Success');
      expect((await gone('child-b')).status).toBe(404);
    });

    it('deletes dependents before their owner (foreground)', async () => {
      const uid = await create('owner-f');
      await child('child-f', 'owner-f', uid);
      const answer = await client().delete(`${path}/owner-f`, { propagationPolicy: 'Foreground' });

      expect(answer.json.metadata.finalizers).toEqual(['foregroundDeletion']);
      expect((await gone('owner-f')).status).toBe(404);
      expect((await client().get(`${path}/child-f`)).status).toBe(404);
    });

    it('lets dependents go (orphan)', async () => {
      const uid = await create('owner-o');
      await child('child-o', 'owner-o', uid);
      await client().delete(`${path}/owner-o`, { propagationPolicy: 'Orphan' });
      await gone('owner-o');
      const left = await client().until(
        `${path}/child-o`,
        ({ json }) => json.metadata?.ownerReferences === undefined,
      );

      expect(left.status).toBe(200);
      expect(left.json.metadata).not.toHaveProperty('ownerReferences');
    });

    it('deletes an object whose owner does not exist', async () => {
      await child('stray', 'nobody', '11111111-1111-4111-8111-111111111111');

      expect((await gone('stray')).status).toBe(404);
    });

    it('deletes a selection of a collection', async () => {
      for (const name of ['c1', 'c2', 'c3']) await create(name, { labels: { c: name } });
      const answer = await client().delete(`${path}?labelSelector=c%20in%20(c1,c2)`);

      expect(answer.status).toBe(200);
      const left = await client().get(`${path}?labelSelector=c`);
      expect(left.json.items.map((each: { metadata: { name: string } }) => each.metadata.name)).toEqual([
        'c3',
      ]);
    });

    it('deletes nothing in a dry run', async () => {
      await create('spared');
      const byQuery = await client().delete(`${path}/spared?dryRun=All`);
      const byBody = await client().delete(`${path}/spared`, { dryRun: ['All'] });

      expect([byQuery.status, byBody.status]).toEqual([200, 200]);
      expect((await client().get(`${path}/spared`)).status).toBe(200);
    });

    it('reads its options from the body if there is one, and then ignores the query', async () => {
      const owner = await create('unspared');
      await child('unspared-child', 'unspared', owner);
      const answer = await client().delete(`${path}/unspared?dryRun=All&propagationPolicy=Orphan`, {
        preconditions: { uid: owner },
      });
      await create('unspared-2');
      await client().delete(`${path}/unspared-2?dryRun=All`, {});

      expect(answer.status).toBe(200);
      expect((await client().get(`${path}/unspared`)).status).toBe(404);
      expect((await client().get(`${path}/unspared-2`)).status).toBe(404);
      expect((await gone('unspared-child')).status).toBe(404);
    });

    it('reads the options for a collection from the body too', async () => {
      await create('many', { labels: { many: 'yes' } });
      const selected = `${path}?labelSelector=many`;
      await client().delete(selected, { dryRun: ['All'] });
      const spared = await client().get(`${path}/many`);
      await client().delete(`${selected}&dryRun=All`, {});

      expect(spared.status).toBe(200);
      expect((await gone('many')).status).toBe(404);
    });

    it('leaves the dependents of a Job where the body does not say otherwise', async () => {
      const jobs = `${ns.replace('/api/v1', '/apis/batch/v1')}/jobs`;
      const container = { name: 'c', image: 'none' };
      const template = { spec: { restartPolicy: 'Never', containers: [container] } };
      const job = await client().post(jobs, {
        metadata: { name: 'job' },
        spec: { parallelism: 0, template },
      });
      const { uid } = job.json.metadata;
      await create('of-job', {
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid }],
      });
      await client().delete(`${jobs}/job?propagationPolicy=Background`, { preconditions: { uid } });
      await client().until(`${jobs}/job`, ({ status }) => status === 404);
      const left = await client().get(`${path}/of-job`);

      expect(left.status).toBe(200);
      expect(left.json.metadata).not.toHaveProperty('ownerReferences');
    });
  });
};
