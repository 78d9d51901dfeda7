import { describe, expect, it } from '@jest/globals';
import { addReplication } from '../../../shared/app/replications/add-replication';
import { pauseSchedule } from '../../../shared/app/schedules/change-schedule';
import { contentDigest } from '../../../shared/formats/state/manifests/content-digest';
import { anApi, auditEntries } from './an-api';

const schedule = (spec: object = {}, metadata: object = {}) => ({
  kind: 'Schedule',
  metadata: { name: 'nightly', ...metadata },
  spec: {
    schedule: '0 2 * * *',
    clusters: ['a'],
    vault: 'main',
    template: { includedNamespaces: ['shop'] },
    ...spec,
  },
});

const rule = (spec: object = {}) => ({
  kind: 'Replication',
  metadata: { name: 'standby' },
  spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed', ...spec },
});

describe('POST /apply', () => {
  it.each([
    ['/schedules/nightly', schedule(), schedule({ schedule: '0 3 * * *' })],
    ['/replications/standby', rule(), rule({ policy: 'mirror' })],
  ])('creates and changes until it is as the manifest says: %s', async (path, first, second) => {
    const { call, bucket } = await anApi();
    const apply = (body: object, query = '') => call('POST', `/apply${query}`, { body });
    const before = bucket.keys();
    const dry = await apply(first, '?dryRun=true');
    expect(dry).toMatchObject({ status: 200, body: { outcome: 'created', dryRun: true, manifest: first } });
    expect(bucket.keys()).toEqual(before);
    const made = await apply(first);
    expect([made.status, made.headers.get('location')]).toEqual([201, path]);
    expect(made.body).toMatchObject({ outcome: 'created', dryRun: false, manifest: first });
    expect(auditEntries(bucket)).toHaveLength(1);
    const stored = bucket.keys();
    expect(await apply(first)).toMatchObject({ status: 200, body: { outcome: 'unchanged' } });
    expect(await apply(second, '?dryRun=true')).toMatchObject({
      body: { outcome: 'configured', manifest: second },
    });
    expect(bucket.keys()).toEqual(stored);
    expect((await call('GET', path)).body).toMatchObject(first);
    const changed = await apply(second);
    expect(changed).toMatchObject({ status: 200, body: { outcome: 'configured', manifest: second } });
    const etag = changed.headers.get('etag')!;
    expect((await call('GET', path)).headers.get('etag')).toContain(etag.slice(1, -1));
    expect((await call('GET', path)).body).toMatchObject(second);
  });

  it('takes what GET answers, and keeps what only Lifeboat sets', async () => {
    const { call, state } = await anApi();
    await call('POST', '/apply', { body: schedule() });
    const { startAt } = (await state.schedules.get('nightly')).spec;
    const read = (await call('GET', '/schedules/nightly')).body;
    expect((await call('POST', '/apply', { body: read })).body).toMatchObject({ outcome: 'unchanged' });
    const moved = schedule({ jitter: '20m', startAt: '2001-01-01T00:00:00Z' });
    expect((await call('POST', '/apply', { body: moved })).body).toMatchObject({
      outcome: 'configured',
      manifest: { spec: { startAt, jitter: '20m0s' } },
    });
    await call('POST', '/apply', { body: schedule() });
    expect((await state.schedules.get('nightly')).spec.jitter).toBeUndefined();
  });

  it('refuses a text that is old, by its revision and by If-Match, also in a dry run', async () => {
    const { call, installation, state, bucket } = await anApi();
    await call('POST', '/apply', { body: schedule() });
    const was = await state.schedules.get('nightly');
    const { headers } = await call('GET', '/schedules/nightly');
    await pauseSchedule(installation, 'nightly');
    const keys = bucket.keys();
    const text = { ...schedule({ jitter: '20m' }), status: { revision: contentDigest(was) } };
    for (const query of ['', '?dryRun=true']) {
      expect(await call('POST', `/apply${query}`, { body: text })).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('was changed since this text was taken') },
      });
      const etag = { 'if-match': headers.get('etag')! };
      expect((await call('POST', `/apply${query}`, { body: schedule(), headers: etag })).status).toBe(412);
    }
    expect(bucket.keys()).toEqual(keys);
    const now = (await call('GET', '/schedules/nightly')).headers.get('etag')!;
    const match = { body: schedule(), headers: { 'if-match': now } };
    expect((await call('POST', '/apply', match)).status).toBe(200);
  });

  it('creates nothing with If-Match, and brings nothing back that was deleted since it was read', async () => {
    const { call, bucket } = await anApi();
    const keys = bucket.keys();
    for (const tag of ['*', '"x"'])
      expect((await call('POST', '/apply', { body: schedule(), headers: { 'if-match': tag } })).status).toBe(
        412,
      );
    const text = { ...schedule(), status: { revision: 'of-one-that-was' } };
    expect(await call('POST', '/apply', { body: text })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('there is no schedule "nightly" any more') },
    });
    expect(bucket.keys()).toEqual(keys);
  });

  it.each<[string, object, number, string]>([
    ['a vault', { kind: 'Vault', metadata: { name: 'x' }, spec: {} }, 422, 'kind must be one of'],
    ['a wrong field', schedule({ vaults: 'main' }), 422, 'spec.vaults is not a known field'],
    ['metadata that nobody knows', schedule({}, { namespace: 'x' }), 422, 'metadata.namespace'],
    ['a vault that is not there', schedule({ vault: 'other' }), 404, 'there is no vault "other"'],
    ['a cluster that is not there', rule({ targets: ['c'] }), 404, 'there is no cluster "c"'],
    ['a rule that breaks a rule between fields', rule({ targets: ['a'] }), 422, 'standby'],
    ['two ways to clusters', schedule({ clusterSelector: { matchLabels: { a: 'b' } } }), 422, 'keep'],
    ['names of another schedule', schedule({}, { name: 'x' }), 409, 'would name backups'],
  ])('refuses %s in the same words in a dry run, and changes nothing', async (_, body, status, says) => {
    const { call, bucket } = await anApi();
    await call('POST', '/apply', { body: schedule({ clusters: ['a', 'b'] }, { name: 'x' }) });
    await call('POST', '/apply', { body: schedule({ clusters: ['a', 'b'] }, { name: 'x' }) });
    const taken = status === 409 ? schedule({}, { name: 'x-a' }) : body;
    const keys = bucket.keys();
    const answers = [];
    for (const query of ['', '?dryRun=true']) {
      const answer = await call('POST', `/apply${query}`, { body: taken });
      expect(answer.status).toBe(status);
      expect(`${answer.body.detail} ${answer.body.hint}`).toContain(says);
      answers.push(answer.body);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(bucket.keys()).toEqual(keys);
  });

  it('is within the clusters of a token', async () => {
    const { call, installation, tokenFor, bucket } = await anApi();
    await addReplication(installation, rule());
    await call('POST', '/apply', { body: schedule({ clusters: ['b'] }) });
    const token = await tokenFor('admin', ['a']);
    const keys = bucket.keys();
    const denied = [
      schedule({ clusters: ['a', 'b'] }, { name: 'x' }),
      schedule({ clusters: [], clusterSelector: { matchLabels: { a: 'b' } } }, { name: 'x' }),
      rule({ policy: 'mirror' }),
    ];
    for (const body of denied) expect((await call('POST', '/apply', { body, token })).status).toBe(403);
    // Its name is taken by a schedule of a cluster out of reach.
    expect((await call('POST', '/apply', { body: schedule(), token })).status).toBe(404);
    const changed = bucket.keys().filter((key) => !key.includes('/token-uses/'));
    expect(changed).toEqual(keys);
    const own = schedule({}, { name: 'own' });
    expect((await call('POST', '/apply', { body: own, token })).status).toBe(201);
  });

  it('tells a dry run from the call under the same Idempotency-Key', async () => {
    const { call, state } = await anApi();
    const headers = { 'idempotency-key': 'k1' };
    expect((await call('POST', '/apply?dryRun=true', { body: schedule(), headers })).status).toBe(200);
    expect((await call('POST', '/apply', { body: schedule(), headers })).status).toBe(422);
    expect(await state.schedules.find('nightly')).toBeUndefined();
  });
});
