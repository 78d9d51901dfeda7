import { describe, expect, it } from '@jest/globals';
import { createApi } from '../../../shared/api/api';
import { LifeboatError } from '../../../shared/platform/errors';
import { anApi, auditEntries, machineToken } from './an-api';

const backup = {
  metadata: { name: 'shop-1' },
  cluster: 'a',
  vault: 'main',
  spec: { includedNamespaces: ['shop'] },
};

describe('the HTTP API', () => {
  it('starts a backup, answers 202 and tells where to look', async () => {
    const { call, sent, bucket } = await anApi();
    const { status, headers, body } = await call('POST', '/backups', { body: backup });
    expect([status, headers.get('location'), body]).toEqual([
      202,
      '/backups/shop-1',
      { name: 'shop-1', created: true, started: true },
    ]);
    expect(sent).toHaveLength(1);
    expect((await call('GET', '/backups/shop-1')).body).toMatchObject({
      phase: 'New',
      vault: 'main',
      request: { cluster: 'a' },
    });
    expect(auditEntries(bucket)).toHaveLength(1);
  });

  it('answers 200 with created false to the same request, and 409 to another under the name', async () => {
    const { call, sent } = await anApi();
    await call('POST', '/backups', { body: backup });
    const again = await call('POST', '/backups', { body: backup });
    expect([again.status, again.body]).toEqual([200, { name: 'shop-1', created: false, started: false }]);
    const other = { ...backup, spec: { includedNamespaces: ['bank'] } };
    expect((await call('POST', '/backups', { body: other })).status).toBe(409);
    expect(sent).toHaveLength(1);
  });

  it('starts a restore of a backup that the vault holds', async () => {
    const { call, vault } = await anApi();
    const restore = { ...backup, metadata: { name: 'back' }, spec: { backupName: 'shop-1' } };
    const before = await call('POST', '/restores', { body: restore });
    expect([before.status, before.body.detail]).toEqual([404, expect.stringContaining('"shop-1"')]);
    await vault.put('backups/shop-1/velero-backup.json', Buffer.from('{}'));
    const after = await call('POST', '/restores', { body: restore });
    expect([after.status, after.headers.get('location')]).toEqual([202, '/restores/back']);
    expect((await call('GET', '/restores/back')).body).toMatchObject({ kind: 'restores', phase: 'New' });
    expect((await call('GET', '/restores/back/results')).status).toBe(404);
  });

  it.each<[string, string, unknown, number, string]>([
    ['an unknown vault', '/backups', { ...backup, vault: 'nowhere' }, 404, 'there is no vault "nowhere"'],
    [
      'an unknown cluster',
      '/backups',
      { ...backup, cluster: 'nowhere' },
      404,
      'there is no cluster "nowhere"',
    ],
    [
      'an unknown field',
      '/backups',
      { ...backup, spec: { namespaces: [] } },
      422,
      'spec.namespaces is not a known field',
    ],
    [
      'what only schedules set',
      '/backups',
      { ...backup, schedule: {} },
      422,
      'schedule is not a known field',
    ],
    [
      'what only rules set',
      '/restores',
      { ...backup, spec: { backupName: 'x' }, replication: 'x' },
      422,
      'replication is not a known field',
    ],
    [
      'a wrong name',
      '/backups',
      { ...backup, metadata: { name: '../x' } },
      422,
      'metadata.name is not a name',
    ],
    [
      'a key twice',
      '/backups',
      JSON.stringify({ ...backup, spec: { labelSelector: { matchLabels: { app: 'web' } } } }).replace(
        '"app":"web"',
        '"app":"web","app":"nginx"',
      ),
      400,
      'the body has key "app" twice in one object',
    ],
    ['no JSON', '/backups', '{', 400, 'the body is not valid JSON'],
    ['nothing at all', '/backups', '', 400, 'the body is not valid JSON'],
    ['an unknown parameter', '/backups?dry=1', backup, 400, 'dry is not a known field'],
    ['a wrong path', '/backup', backup, 404, 'there is no such path'],
    ['too much', '/backups', 'x'.repeat(1024 * 1024 + 1), 413, 'the body is too large'],
  ])('refuses %s and changes nothing', async (_, path, body, status, detail) => {
    const { call, bucket } = await anApi();
    const before = bucket.keys();
    const answer = await call('POST', path, { body });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(answer.body).toMatchObject({
      type: 'about:blank',
      status,
      detail: expect.stringContaining(detail),
    });
    expect(bucket.keys()).toEqual(before);
  });

  it('refuses a body that is not declared as JSON, as a form of a web page would be', async () => {
    const { call } = await anApi();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])
      expect(
        (await call('POST', '/backups', { body: backup, headers: { 'content-type': type } })).status,
      ).toBe(415);
    const charset = { 'content-type': 'application/json; charset=utf-8' };
    expect((await call('POST', '/backups', { body: backup, headers: charset })).status).toBe(202);
  });

  it('tells which methods a path has', async () => {
    const { call } = await anApi();
    const answer = await call('DELETE', '/backups');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect((await call('POST', '/openapi.json', { body: {} })).headers.get('allow')).toBe('GET');
  });

  it('serves the document to everybody', async () => {
    const { call, opened } = await anApi();
    const { status, body } = await call('GET', '/openapi.json', { token: '' });
    expect([status, body.openapi, opened()]).toEqual([200, '3.1.0', 0]);
  });

  it('wants a token, before it opens anything', async () => {
    const { call, opened } = await anApi();
    for (const authorization of ['Bearer', 'Bearer wrong', `Basic ${machineToken}`, 'Bearer lifeboat..x']) {
      const answer = await call('GET', '/health', { token: '', headers: { authorization } });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    expect((await call('GET', '/health', { token: '' })).status).toBe(401);
    expect(opened()).toBe(0);
    expect((await call('GET', '/health')).status).toBe(200);
  });

  it('takes a signature where the trigger has verified it, and nothing else for one', async () => {
    const { call, bucket } = await anApi({ signed: true });
    const signed = (authorization: string) =>
      call('POST', '/backups', { body: backup, token: '', headers: { authorization } });
    expect((await call('GET', '/health', { token: '' })).status).toBe(401);
    expect((await signed('Basic abc')).status).toBe(401);
    const acs = 'ACS3-HMAC-SHA256 Credential=LTAIexample,SignedHeaders=host,Signature=00';
    expect((await signed(acs)).status).toBe(202);
    expect((await signed('FC LTAIexample:c2ln')).status).toBe(200);
    const [entry] = auditEntries(bucket);
    expect(JSON.parse(bucket.objects.get(entry!)!.body.toString()).by).toBe('signature LTAIexample (test)');
    const unsigned = await anApi();
    const refused = await unsigned.call('GET', '/health', { token: '', headers: { authorization: acs } });
    expect(refused.status).toBe(401);
  });

  it('says nothing of a fault of ours but that there was one', async () => {
    const fail = (error: Error) =>
      createApi({ open: () => Promise.reject(error), signed: true }).request('/health', {
        headers: { authorization: 'FC id:signature' },
      });
    const unknown = await fail(new Error('password=hunter2'));
    expect([unknown.status, await unknown.text()]).toEqual([500, expect.not.stringContaining('hunter2')]);
    const away = await fail(new LifeboatError('unavailable', 'OSS does not answer', { hint: 'wait' }));
    expect([away.status, await away.json()]).toMatchObject([
      503,
      { detail: 'OSS does not answer', hint: 'wait' },
    ]);
  });

  it('tells of what is stored and cannot be read as a fault of the store', async () => {
    const { call, bucket } = await anApi();
    bucket.objects.set('state/schedules/broken.json', { body: Buffer.from('{'), lastModified: new Date() });
    expect((await call('GET', '/schedules/broken')).status).toBe(502);
    const { status, body } = await call('GET', '/schedules');
    expect([status, body.unreadable]).toMatchObject([200, [{ name: 'broken' }]]);
  });
});
