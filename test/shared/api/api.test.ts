import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createApi } from '../../../shared/api/api';
import { LifeboatError } from '../../../shared/errors';
import type { Installation } from '../../../shared/installation/installation';
import { openState } from '../../../shared/state/state';
import { setUp } from '../runs/fixtures';

const token = 'a-token';
const body = {
  metadata: { name: 'shop-1' },
  cluster: 'a',
  vault: 'main',
  spec: { includedNamespaces: ['shop'] },
};

async function start(tokenSha256?: string) {
  const made = setUp();
  const { context, bucket } = made;
  const state = openState(context.state);
  await state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'elsewhere' },
  });
  const sealed = { version: 1, algorithm: 'AES-256-GCM', keyId: '0', nonce: '0', ciphertext: '0', tag: '0' };
  await state.clusters.create({
    kind: 'Cluster',
    metadata: { name: 'a' },
    spec: { server: 'https://10.0.0.1:6443', sealedKubeconfig: sealed },
  });
  const installation = {
    ...context,
    id: 'i1',
    state,
    settings: {},
    openVault: async () => bucket.store('vault/'),
  } as unknown as Installation;
  let opened = 0;
  const api = createApi({
    open: async () => {
      opened += 1;
      return installation;
    },
    tokenSha256,
  });
  const call = (method: string, path: string, sent?: unknown, headers: Record<string, string> = {}) =>
    api.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(sent !== undefined && { body: typeof sent === 'string' ? sent : JSON.stringify(sent) }),
    });
  return { ...made, call, opened: () => opened };
}

describe('the HTTP API', () => {
  it('starts a backup, answers 202 and tells where to look', async () => {
    const { call, sent, bucket } = await start();
    const answer = await call('POST', '/backups', body);
    expect([answer.status, answer.headers.get('location')]).toEqual([202, '/backups/shop-1']);
    expect(await answer.json()).toEqual({ name: 'shop-1', created: true, started: true });
    expect(sent).toHaveLength(1);
    const shown = await call('GET', '/backups/shop-1');
    expect([shown.status, await shown.json()]).toMatchObject([
      200,
      { phase: 'New', request: { cluster: 'a' } },
    ]);
    expect(bucket.keys().filter((key) => key.startsWith('state/audit/2026/11/22/'))).toHaveLength(1);
  });

  it('answers the same to the same request, and 409 to another under the name', async () => {
    const { call, sent } = await start();
    await call('POST', '/backups', body);
    const again = await call('POST', '/backups', body);
    expect([again.status, await again.json()]).toEqual([
      202,
      { name: 'shop-1', created: false, started: false },
    ]);
    const other = await call('POST', '/backups', { ...body, spec: { includedNamespaces: ['bank'] } });
    expect(other.status).toBe(409);
    expect(sent).toHaveLength(1);
  });

  it('starts a restore of a backup that the vault holds', async () => {
    const { call, bucket } = await start();
    const restore = { ...body, metadata: { name: 'back' }, spec: { backupName: 'shop-1' } };
    const before = await call('POST', '/restores', restore);
    expect([before.status, await before.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining('"shop-1"') },
    ]);
    await bucket.store('vault/').put('backups/shop-1/velero-backup.json', Buffer.from('{}'));
    expect((await call('POST', '/restores', restore)).status).toBe(202);
  });

  it.each<[string, string, unknown, number, string]>([
    ['an unknown vault', '/backups', { ...body, vault: 'nowhere' }, 404, 'there is no vault "nowhere"'],
    ['an unknown cluster', '/backups', { ...body, cluster: 'nowhere' }, 404, 'there is no cluster "nowhere"'],
    [
      'an unknown field',
      '/backups',
      { ...body, spec: { namespaces: [] } },
      400,
      'spec.namespaces is not a known field',
    ],
    ['what only schedules set', '/backups', { ...body, schedule: {} }, 400, 'schedule is not a known field'],
    [
      'what only rules set',
      '/restores',
      { ...body, replication: 'x' },
      400,
      'replication is not a known field',
    ],
    ['a wrong name', '/backups', { ...body, metadata: { name: '../x' } }, 400, 'metadata.name is not a name'],
    ['no JSON', '/backups', '{', 400, 'the body is not valid JSON'],
    ['a wrong path', '/backup', body, 404, 'there is no such path'],
    ['too much', '/backups', 'x'.repeat(1024 * 1024 + 1), 413, 'the body is too large'],
  ])('refuses %s and changes nothing', async (_, path, given, status, detail) => {
    const { call, bucket } = await start();
    const before = bucket.keys();
    const answer = await call('POST', path, given);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ status, detail: expect.stringContaining(detail) });
    expect(bucket.keys()).toEqual(before);
  });

  it('refuses a body that is not declared as JSON, as a form of a web page would be', async () => {
    const { call } = await start();
    expect((await call('POST', '/backups', body, { 'content-type': 'text/plain' })).status).toBe(400);
  });

  it('wants the token where one is set, before it opens anything', async () => {
    const { call, opened } = await start(createHash('sha256').update(token).digest('hex'));
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${token}`]) {
      expect((await call('GET', '/health', undefined, { authorization })).status).toBe(401);
    }
    expect(opened()).toBe(0);
    expect((await call('GET', '/health', undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
  });

  it('says nothing of a fault of ours but that there was one', async () => {
    const fail = (error: Error) => createApi({ open: () => Promise.reject(error) }).request('/health');
    const unknown = await fail(new Error('password=hunter2'));
    expect([unknown.status, await unknown.text()]).toEqual([500, expect.not.stringContaining('hunter2')]);
    const away = await fail(new LifeboatError('unavailable', 'OSS does not answer', { hint: 'wait' }));
    expect([away.status, await away.json()]).toMatchObject([
      503,
      { detail: 'OSS does not answer', hint: 'wait' },
    ]);
  });
});
