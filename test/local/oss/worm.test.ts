import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, SignedClient, tag } from './signed-client';
import { movableClock, startTestServer, type TestServer } from './test-server';

const day = 24 * 3600_000;
let test: TestServer;
const clock = movableClock();
beforeAll(async () => {
  test = await startTestServer({
    clock,
    buckets: [
      { name: 'bkt', worm: { days: 2 } },
      { name: 'open' },
      { name: 'lapsing' },
      { name: 'versioned', versioning: 'Enabled', worm: { days: 2 } },
    ],
  });
});
afterAll(() => test.close());

const at = (bucket: string) => new SignedClient({ server: test.server, bucket, now: clock.now });
const initiate = (client: SignedClient, days: number) =>
  client.send({
    method: 'POST',
    query: { worm: '' },
    body: `<InitiateWormConfiguration><RetentionPeriodInDays>${days}</RetentionPeriodInDays></InitiateWormConfiguration>`,
  });

describe('a bucket under a locked retention policy', () => {
  it('takes new objects and changes none until their retention is over', async () => {
    const { client } = test;
    expect((await client.put('record', 'original')).status).toBe(200);
    const id = await client.initiate('record');
    const part = await client.uploadPart('record', id, 1, Buffer.from('other'));
    const attempts = [
      client.put('record', 'other'),
      client.put('record', 'original'),
      client.complete('record', id, [{ number: 1, etag: part.headers.etag! }]),
      client.send({ method: 'PUT', key: 'record', headers: { 'x-oss-copy-source': '/bkt/record' } }),
      client.delete('record'),
    ];
    for (const answer of await Promise.all(attempts)) expect(refusal(answer)).toBe('409 FileImmutable');
    expect((await client.get('record')).text).toBe('original');
    const forbidden = await client.put('record', 'other', { 'x-oss-forbid-overwrite': 'true' });
    expect(refusal(forbidden)).toBe('409 FileAlreadyExists');
    clock.advance(2 * day - 60_000);
    expect(refusal(await client.delete('record'))).toBe('409 FileImmutable');
    clock.advance(2 * 60_000);
    expect((await client.delete('record')).status).toBe(204);
    expect(refusal(await client.get('record'))).toBe('404 NoSuchKey');
  });

  it('keeps the versions of a versioned one', async () => {
    const client = at('versioned');
    const first = await client.put('record', 'first');
    expect((await client.put('record', 'second')).status).toBe(200);
    expect((await client.delete('record')).status).toBe(204);
    const versionId = String(first.headers['x-oss-version-id']);
    expect(refusal(await client.delete('record', { versionId }))).toBe('409 FileImmutable');
  });
});

describe('a retention policy', () => {
  it('protects from its start, may be taken back, and once locked only grows', async () => {
    const client = at('open');
    expect(refusal(await client.list({ worm: '' }))).toBe('404 NoSuchWORMConfiguration');
    await client.put('record', 'x');
    await initiate(client, 5);
    expect(refusal(await client.delete('record'))).toBe('409 FileImmutable');
    expect((await client.send({ method: 'DELETE', query: { worm: '' } })).status).toBe(204);
    expect((await client.delete('record')).status).toBe(204);

    const id = String((await initiate(client, 5)).headers['x-oss-worm-id']);
    const lock = (wormId: string) => client.send({ method: 'POST', query: { wormId }, body: '' });
    expect(refusal(await lock('other'))).toBe('404 NoSuchWORMConfiguration');
    expect((await lock(id)).status).toBe(200);
    expect(tag(await client.list({ worm: '' }), 'State')).toBe('Locked');
    expect(refusal(await client.send({ method: 'DELETE', query: { worm: '' } }))).toBe(
      '409 WORMConfigurationLocked',
    );
    expect(refusal(await initiate(client, 1))).toBe('409 WORMConfigurationLocked');
    const extend = (days: number) =>
      client.send({
        method: 'POST',
        query: { wormExtend: '', wormId: id },
        body: `<ExtendWormConfiguration><RetentionPeriodInDays>${days}</RetentionPeriodInDays></ExtendWormConfiguration>`,
      });
    expect(refusal(await extend(4))).toBe('400 InvalidWORMConfiguration');
    expect((await extend(6)).status).toBe(200);
    expect(tag(await client.list({ worm: '' }), 'RetentionPeriodInDays')).toBe('6');
  });

  it('lapses after a day unless it is locked', async () => {
    const client = at('lapsing');
    await client.put('record', 'x');
    await initiate(client, 5);
    clock.advance(day + 60_000);
    expect(refusal(await client.list({ worm: '' }))).toBe('404 NoSuchWORMConfiguration');
    expect((await client.delete('record')).status).toBe(204);
  });
});
