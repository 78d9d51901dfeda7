import { describe, expect, it } from '@jest/globals';
import { findRequest } from '../../../shared/formats/state/run/requests';
import { aFilledApi } from './a-filled-api';

describe('plans over HTTP', () => {
  it('are read by page, in their order, to the last object', async () => {
    const { call } = await aFilledApi();
    const names: unknown[] = [];
    for (let path: string | undefined = '/plans/before/objects?limit=1'; path; ) {
      const { body } = await call('GET', path);
      const { metadata, items } = body as { metadata: { continue?: string }; items: { name: string }[] };
      names.push(...items.map(({ name }) => name));
      path = metadata.continue && `/plans/before/objects?limit=1&continue=${metadata.continue}`;
    }
    expect(names).toEqual(['a', 'b', 'c']);
    const { continue: elsewhere } = (await call('GET', '/runs?limit=1')).body.metadata as {
      continue: string;
    };
    for (const place of [elsewhere, Buffer.from('["x"]').toString('base64url')])
      expect((await call('GET', `/plans/before/objects?continue=${place}`)).status).toBe(400);
  });

  it('are not there before they are made', async () => {
    const { call } = await aFilledApi();
    for (const part of ['summary', 'objects', 'results'])
      expect(await call('GET', `/plans/open-p/${part}`)).toMatchObject({
        status: 404,
        body: { detail: 'plan "open-p" is not there: New' },
      });
    const body = { metadata: { name: 'new' }, plan: { run: 'open-p' } };
    expect(await call('POST', '/restores', { body })).toMatchObject({
      status: 409,
      body: { detail: 'plan "open-p" is not there: New' },
    });
  });

  it('are named by a restore, which asks for just that', async () => {
    const { call, context } = await aFilledApi();
    const metadata = { name: 'new', labels: { why: 'disaster' } };
    const body = { metadata, plan: { run: 'before', failOnDrift: true } };
    expect((await call('POST', '/restores', { body })).status).toBe(202);
    expect(await findRequest(context.state, { kind: 'restores', name: 'new' })).toEqual({
      kind: 'RestoreRequest',
      metadata,
      cluster: 'b',
      vault: 'main',
      spec: { backupName: 'shop-1' },
      plan: { run: 'before', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), failOnDrift: true },
    });
    const { body: shown } = await call('GET', '/restores/new');
    expect(shown).toMatchObject({ request: { plan: { run: 'before' } } });
  });

  it.each([
    ['a plan and more', { plan: { run: 'before' }, cluster: 'b' }, 'cluster is not a known field'],
    ['a hash', { plan: { run: 'before', sha256: '0'.repeat(64) } }, 'plan.sha256 is not a known field'],
    ['neither a plan nor a cluster', { vault: 'main' }, 'cluster is missing'],
  ])('are refused in a restore that names %s', async (_what, more, said) => {
    const { call } = await aFilledApi();
    const answer = await call('POST', '/restores', { body: { metadata: { name: 'new' }, ...more } });
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining(said) } });
  });

  it('take the right on both clusters, also to restore by one', async () => {
    const { call, tokenFor } = await aFilledApi();
    const spec = { backupName: 'shop-1' };
    const plan = { metadata: { name: 'new' }, cluster: 'b', vault: 'main', spec };
    for (const clusters of [['a'], ['b']]) {
      const token = await tokenFor('operator', clusters);
      expect((await call('POST', '/plans', { body: plan, token })).status).toBe(403);
      const body = { metadata: { name: 'new' }, plan: { run: 'before' } };
      expect((await call('POST', '/restores', { body, token })).status).toBe(404);
      expect((await call('GET', '/plans/before/objects', { token })).status).toBe(404);
    }
    const token = await tokenFor('operator', ['a', 'b']);
    expect((await call('POST', '/plans', { body: plan, token })).status).toBe(202);
    expect((await call('GET', '/plans/before/summary', { token })).status).toBe(200);
  });
});
