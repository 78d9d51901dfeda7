import { describe, expect, it } from '@jest/globals';
import { addToken, deleteToken } from '../../../shared/app/secrets/tokens';
import { sha256Hex } from '../../../shared/platform/sha256';
import { lastTokenUse } from '../../../shared/formats/state/token-use';
import { aFilledApi } from './a-filled-api';
import { anApi, auditEntries } from './an-api';

const idOf = (token: string) => sha256Hex(token).slice(0, 16);

const backup = (name: string) => ({
  metadata: { name },
  cluster: 'a',
  vault: 'main',
  spec: { includedNamespaces: ['shop'] },
});

describe('the runs that one caller may have open', () => {
  it('are so many and no more, and the refused leaves nothing behind', async () => {
    const { call, bucket, tokenFor } = await anApi({ openRuns: 2 });
    for (const name of ['one', 'two'])
      expect((await call('POST', '/backups', { body: backup(name) })).status).toBe(202);
    const before = bucket.keys();
    const refused = await call('POST', '/backups', { body: backup('three') });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect(bucket.keys()).toEqual(before);
    // The same again is no other run.
    expect((await call('POST', '/backups', { body: backup('one') })).status).toBe(200);
    // Another caller has runs of its own.
    const token = await tokenFor('operator');
    expect((await call('POST', '/backups', { body: backup('theirs'), token })).status).toBe(202);
  });

  it('are not those of an earlier token of the same name, and the audit log tells the two apart', async () => {
    const { call, installation, bucket } = await anApi({ openRuns: 1 });
    const renewed = async () =>
      (await addToken(installation, { name: 'ci', role: 'operator', validFor: '24h' })).token;
    const first = await renewed();
    expect((await call('POST', '/backups', { body: backup('one'), token: first })).status).toBe(202);
    await deleteToken(installation, 'ci');
    const second = await renewed();
    expect(await lastTokenUse(installation.state.store, { name: 'ci', id: idOf(second) })).toBeUndefined();
    expect((await call('POST', '/backups', { body: backup('two'), token: second })).status).toBe(202);
    const entries = auditEntries(bucket).map((key) => JSON.parse(bucket.objects.get(key)!.body.toString()));
    const by = entries.filter(({ action }) => action === 'request').map((entry) => entry.by);
    expect(by).toEqual([`token ci (${idOf(first)}) (test)`, `token ci (${idOf(second)}) (test)`]);
  });

  it('count no longer once they have ended', async () => {
    const { call, finish, clock } = await anApi({ openRuns: 1 });
    await call('POST', '/backups', { body: backup('one') });
    await clock.advance(61_000);
    expect((await call('POST', '/backups', { body: backup('two') })).status).toBe(429);
    await finish('one');
    expect((await call('POST', '/backups', { body: backup('two') })).status).toBe(202);
  });

  it('are counted whatever they are: plans and copies too', async () => {
    const { call } = await aFilledApi({ openRuns: 2 });
    const plan = (name: string) => ({ ...backup(name), spec: { backupName: 'shop-1' } });
    expect((await call('POST', '/plans', { body: plan('one') })).status).toBe(202);
    const copy = { backup: 'bank-1', from: 'main', to: 'away' };
    expect((await call('POST', '/copies', { body: copy })).status).toBe(202);
    for (const path of ['/plans', '/restores'])
      expect((await call('POST', path, { body: plan('more') })).status).toBe(429);
  });

  it('are never more than the limit, however many are asked for at once', async () => {
    const { call, context } = await anApi({ openRuns: 3 });
    const names = Array.from({ length: 8 }, (_, index) => `b-${index}`);
    const answers = await Promise.all(names.map((name) => call('POST', '/backups', { body: backup(name) })));
    const taken = answers.filter(({ status }) => status === 202).length;
    expect(taken).toBeLessThanOrEqual(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(8 - taken);
    let open = 0;
    for await (const page of context.state.list('open/backups/')) open += page.objects.length;
    expect(open).toBe(taken);
  });

  it('take the place of a request that was refused for another reason', async () => {
    const { call } = await anApi({ openRuns: 1 });
    const nowhere = { ...backup('one'), vault: 'nowhere' };
    expect((await call('POST', '/backups', { body: nowhere })).status).toBe(404);
    expect((await call('POST', '/backups', { body: backup('one') })).status).toBe(202);
  });

  it('bound a schedule that is run by hand', async () => {
    const { call } = await anApi({ openRuns: 1 });
    const spec = {
      schedule: '0 * * * *',
      clusters: ['a', 'b'],
      vault: 'main',
      template: { includedNamespaces: ['x'] },
    };
    expect((await call('POST', '/schedules', { body: { metadata: { name: 'both' }, spec } })).status).toBe(
      201,
    );
    expect((await call('POST', '/schedules/both/run', { body: {} })).status).toBe(429);
    expect((await call('POST', '/schedules/both/run', { body: { clusters: ['a'] } })).status).toBe(202);
  });
});
