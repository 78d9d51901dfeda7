import { describe, expect, it } from '@jest/globals';
import { addToken, deleteToken } from '../../../shared/app/secrets/tokens';
import { cleanIdempotentCalls } from '../../../shared/formats/state/idempotent-calls';
import { aFilledApi } from './a-filled-api';
import { auditEntries } from './an-api';

const path = '/schedules/hourly/skip';
const headers = { 'idempotency-key': 'key-1' };
const body = {};

describe('an Idempotency-Key', () => {
  it('lets a call have its effect once, and answers the same again', async () => {
    const { call, state } = await aFilledApi();
    const first = await call('POST', path, { body, headers });
    const second = await call('POST', path, { body, headers });
    expect(second.body).toEqual(first.body);
    expect([first, second].map((answer) => answer.headers.get('idempotency-replayed'))).toEqual([
      null,
      'true',
    ]);
    expect((await state.schedules.get('hourly')).spec.skipSlots).toHaveLength(1);
    // Without it every call has its own.
    await call('POST', path, { body });
    expect((await state.schedules.get('hourly')).spec.skipSlots).toHaveLength(2);
  });

  it('has one of two calls at once carried out', async () => {
    const { call, state, bucket } = await aFilledApi();
    const before = auditEntries(bucket).length;
    const answers = await Promise.all([1, 2, 3, 4].map(() => call('POST', path, { body, headers })));
    const done = answers.filter(({ status }) => status === 200);
    const waiting = answers.filter(({ status }) => status === 409);
    expect(done.length).toBeGreaterThan(0);
    expect(done.length + waiting.length).toBe(4);
    for (const answer of waiting) expect(answer.headers.get('retry-after')).toBe('2');
    expect((await state.schedules.get('hourly')).spec.skipSlots).toHaveLength(1);
    expect(auditEntries(bucket)).toHaveLength(before + 1);
    expect((await call('POST', path, { body, headers })).body).toEqual(done[0]!.body);
  });

  it('is not of a token that is created again under the name of another', async () => {
    const { call, installation } = await aFilledApi();
    const renewed = async () =>
      (await addToken(installation, { name: 'ci', role: 'operator', validFor: '24h' })).token;
    await call('POST', path, { body, headers, token: await renewed() });
    await deleteToken(installation, 'ci');
    const again = await call('POST', path, { body, headers, token: await renewed() });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, null]);
  });

  it('is of one condition: sent with another If-Match, or with none, it is refused', async () => {
    const { call } = await aFilledApi();
    const { headers: read } = await call('GET', '/schedules/hourly');
    const etag = read.get('etag')!;
    const answered = await call('POST', path, { body, headers: { ...headers, 'if-match': etag } });
    expect(answered.status).toBe(200);
    expect((await call('POST', path, { body, headers: { ...headers, 'if-match': etag } })).status).toBe(200);
    const other = { ...headers, 'if-match': '"another"' };
    expect((await call('POST', path, { body, headers: other })).status).toBe(422);
    expect((await call('POST', path, { body, headers })).status).toBe(422);
  });

  it('is of one call and one caller', async () => {
    const { call, tokenFor } = await aFilledApi();
    await call('POST', path, { body, headers });
    const slot = '2026-11-22T15:00:00Z';
    expect((await call('POST', path, { body: { slot }, headers })).status).toBe(422);
    expect((await call('POST', '/schedules/far/skip', { body, headers })).status).toBe(422);
    const token = await tokenFor('operator');
    const other = await call('POST', path, { body, headers, token });
    expect([other.status, other.headers.get('idempotency-replayed')]).toEqual([200, null]);
  });

  it('is free again after a refusal', async () => {
    const { call, clock } = await aFilledApi();
    const run = { body: {}, headers };
    await call('POST', '/schedules/hourly/run', { body: {} });
    await clock.advance(1_000);
    expect((await call('POST', '/schedules/hourly/run', run)).status).toBe(409);
    await call('POST', '/backups/hourly-20261122100000/cancel', { body: {} });
    const answer = await call('POST', '/schedules/hourly/run', run);
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([202, null]);
  });

  it('is taken over from one who died, and from nobody before', async () => {
    const { call, bucket, clock } = await aFilledApi();
    let alive = true;
    bucket.before = (operation, key) => {
      if (!alive && operation === 'create' && key.includes('/idempotency/')) throw new Error('gone');
    };
    bucket.onWrite = (key) => {
      if (key.includes('/idempotency/') && key.endsWith('/1.json')) alive = false;
    };
    // It wrote that it is at it, and nothing after that: neither an answer nor that the key is free.
    await call('POST', path, { body, headers });
    alive = true;
    bucket.onWrite = () => {};
    expect((await call('POST', path, { body, headers })).status).toBe(409);
    await clock.advance(120_000);
    expect((await call('POST', path, { body, headers })).status).toBe(200);
    expect((await call('POST', path, { body, headers })).headers.get('idempotency-replayed')).toBe('true');
  });

  it('is forgotten after a day', async () => {
    const { call, bucket, clock, context } = await aFilledApi();
    await call('POST', path, { body, headers });
    await clock.advance(23 * 3_600_000);
    expect(await cleanIdempotentCalls(context.state)).toBe(0);
    await clock.advance(2 * 3_600_000);
    expect(await cleanIdempotentCalls(context.state)).toBe(2);
    expect(bucket.keys().filter((key) => key.includes('/idempotency/'))).toEqual([]);
  });

  it.each(['', 'with space', 'ä', 'x'.repeat(256)])('is refused when it is "%s"', async (key) => {
    const { call } = await aFilledApi();
    const sent = {
      'idempotency-key': encodeURIComponent(key) === key ? key : Buffer.from(key).toString('latin1'),
    };
    expect((await call('POST', path, { body, headers: sent })).status).toBe(400);
  });
});
