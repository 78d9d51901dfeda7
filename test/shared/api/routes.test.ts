import { describe, expect, it } from '@jest/globals';
import { routes } from '../../../shared/api/routes';
import { type Role, roles } from '../../../shared/formats/manifests/token';
import { aFilledApi, secrets } from './a-filled-api';
import { auditEntries, machineToken } from './an-api';
import { examples } from './examples';

/** What shows values of the objects of a cluster is for nobody who only looks on. */
const shown = ['getPlanSummary', 'getPlanObjects', 'getPlanResults'];

/** The least role that each operation takes, as it is meant to be. */
const meant: Record<Role, string[]> = {
  viewer: routes.filter(({ method, id }) => method === 'GET' && !shown.includes(id)).map(({ id }) => id),
  operator: [
    'createBackup',
    'cancelBackup',
    'holdBackup',
    'acceptBackup',
    'createRestore',
    'cancelRestore',
    'createPlan',
    'cancelPlan',
    ...shown,
    'createCopy',
    'cancelCopy',
    'pauseSchedule',
    'unpauseSchedule',
    'skipSlot',
    'runSchedule',
    'pauseReplication',
    'unpauseReplication',
  ],
  admin: [
    'deleteBackup',
    'undeleteBackup',
    'createSchedule',
    'changeSchedule',
    'deleteSchedule',
    'createReplication',
    'replaceReplication',
    'deleteReplication',
    'applyManifest',
  ],
};

const table = routes.map(({ id, method }) => [id, method] as const);

describe('every operation', () => {
  it('is meant for one role, and has an example', () => {
    const ids = routes.map(({ id }) => id).sort();
    expect(Object.values(meant).flat().sort()).toEqual(ids);
    expect(Object.keys(examples).sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(table)('%s is for its role and those above it', async (id, method) => {
    const least = roles.findIndex((role) => meant[role].includes(id));
    const { path, body, status } = examples[id]!;
    const { call, tokenFor } = await aFilledApi();
    const answered: number[] = [];
    // From below, so that what is refused finds everything as it was.
    for (const role of roles.slice(0, least + 1)) {
      answered.push((await call(method, path, { body, token: await tokenFor(role) })).status);
    }
    expect(answered).toEqual([...Array<number>(least).fill(403), status]);
    const { call: again, tokenFor: anew } = await aFilledApi();
    expect((await again(method, path, { body, token: await anew('admin') })).status).toBe(status);
    expect((await again(method, path, { body, token: '' })).status).toBe(401);
  });

  it.each(table.filter(([, method]) => method !== 'GET'))(
    '%s leaves an entry in the audit log',
    async (id, method) => {
      const { call, bucket } = await aFilledApi();
      const before = new Set(auditEntries(bucket));
      const { path, body } = examples[id]!;
      await call(method, path, { body });
      const entries = auditEntries(bucket).filter((key) => !before.has(key));
      expect(entries.length).toBeGreaterThan(0);
      for (const key of entries)
        expect(JSON.parse(bucket.objects.get(key)!.body.toString()).by).toBe('this machine (test)');
    },
  );

  it.each(table)('%s is 404 for a name that nobody gave', async (id, method) => {
    const { path, body } = examples[id]!;
    const elsewhere = path.replace(/^\/(\w+)\/[\w-]+/, '/$1/nobody');
    if (elsewhere === path) return;
    const { call, bucket } = await aFilledApi();
    const before = bucket.keys();
    const sent = id === 'replaceReplication' ? { ...(body as object), metadata: { name: 'nobody' } } : body;
    expect((await call(method, elsewhere, { body: sent })).status).toBe(404);
    expect((await call(method, elsewhere.replace('nobody', '..%2Fx'), { body: sent })).status).toBe(400);
    expect(bucket.keys()).toEqual(before);
  });

  it.each(routes.filter(({ body }) => body).map(({ id, method }) => [id, method] as const))(
    '%s refuses fields that it does not know, and changes nothing',
    async (id, method) => {
      const { call, bucket } = await aFilledApi();
      const before = bucket.keys();
      const { path, body } = examples[id]!;
      for (const sent of [{ ...(body as object), extra: 1 }, [], null, 'text'])
        expect((await call(method, path, { body: JSON.stringify(sent) })).status).toBe(422);
      expect(bucket.keys()).toEqual(before);
    },
  );

  it('tells no secret, whatever it is asked', async () => {
    const { tokenFor } = await aFilledApi();
    const token = await tokenFor('admin');
    for (const [id, method] of table) {
      const { call, tokenFor: fresh, state } = await aFilledApi();
      const own = await fresh('admin');
      const { sha256 } = (await state.tokens.list()).items[0]!.spec;
      const { path, body } = examples[id]!;
      const { text } = await call(method, path, { body });
      for (const secret of [...secrets, machineToken, token, own, sha256]) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/"sealed/);
    }
  });
});
