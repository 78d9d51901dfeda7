import { describe, expect, it } from '@jest/globals';
import { addReplication } from '../../../shared/app/replications/add-replication';
import { addSchedule } from '../../../shared/app/schedules/add-schedule';
import { anApi } from './an-api';

async function start() {
  const made = await anApi();
  await addSchedule(made.installation, {
    name: 'hourly',
    spec: {
      schedule: '0 * * * *',
      clusters: ['a'],
      vault: 'main',
      template: { includedNamespaces: ['shop'] },
    },
  });
  await addReplication(made.installation, {
    kind: 'Replication',
    metadata: { name: 'standby' },
    spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'mirror', paused: true },
  });
  return made;
}

type Api = Awaited<ReturnType<typeof start>>;

/** Lets somebody else act in full before one of a call's requests to OSS: before each in turn, until the call sends no more. */
async function besideEachRequest(
  one: (api: Api) => Promise<unknown>,
  other: (api: Api) => Promise<unknown>,
  after: (api: Api, outcome: unknown) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const api = await start();
    let requests = 0;
    api.bucket.before = async () => {
      requests += 1;
      if (requests !== at) return;
      api.bucket.before = () => {};
      await other(api);
    };
    const outcome = await one(api);
    if (requests < at) return at - 1;
    await after(api, outcome);
  }
}

describe('two calls at once', () => {
  it('keep what both changed: a PATCH undoes no pause, whenever it comes between', async () => {
    const requests = await besideEachRequest(
      ({ call }) => call('PATCH', '/schedules/hourly', { body: { spec: { jitter: '5m' } } }),
      ({ call }) => call('POST', '/schedules/hourly/pause', { body: {} }),
      async ({ state }, outcome) => {
        expect(outcome).toMatchObject({ status: 200 });
        expect((await state.schedules.get('hourly')).spec).toMatchObject({ paused: true, jitter: '5m0s' });
      },
    );
    expect(requests).toBeGreaterThan(5);
  });

  it('do not bring a deleted mirror rule back by unpausing it', async () => {
    await besideEachRequest(
      ({ call }) => call('POST', '/replications/standby/unpause', { body: {} }),
      ({ call }) => call('DELETE', '/replications/standby'),
      async ({ state }, outcome) => {
        expect([200, 404]).toContain((outcome as { status: number }).status);
        expect(await state.replications.find('standby')).toBeUndefined();
      },
    );
  });

  it('skip one slot each, and no more', async () => {
    await besideEachRequest(
      ({ call }) => call('POST', '/schedules/hourly/skip', { body: {} }),
      ({ call }) => call('POST', '/schedules/hourly/pause', { body: {} }),
      async ({ state }) => {
        const { skipSlots = [], paused } = (await state.schedules.get('hourly')).spec;
        expect([skipSlots.length <= 1, paused]).toEqual([true, true]);
      },
    );
  });

  it('refuse the PUT of a rule that was changed since the call began, with 409', async () => {
    const outcomes = new Set<number>();
    await besideEachRequest(
      async ({ call, state }) => {
        const { kind: _, ...rule } = await state.replications.get('standby');
        return call('PUT', '/replications/standby', {
          body: { ...rule, spec: { ...rule.spec, targets: ['b'], policy: 'seed' } },
        });
      },
      ({ call }) => call('POST', '/replications/standby/unpause', { body: {} }),
      async ({ state }, outcome) => {
        const { status } = outcome as { status: number };
        outcomes.add(status);
        const { paused, policy } = (await state.replications.get('standby')).spec;
        // Refused, the rule is as the other call left it; else the PUT came after it, or before.
        if (status === 409) expect([paused, policy]).toEqual([false, 'mirror']);
        else expect(policy).toBe('seed');
      },
    );
    expect([...outcomes].sort()).toEqual([200, 409]);
  });
});

describe('an ETag', () => {
  it('is answered with a manifest, and says with 304 that nothing has changed', async () => {
    const { call } = await start();
    for (const path of ['/schedules/hourly', '/replications/standby', '/clusters/a', '/vaults/main']) {
      const etag = (await call('GET', path)).headers.get('etag')!;
      expect(etag).toMatch(/^"[0-9a-f.]{16,33}"$/);
      for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*'])
        expect(await call('GET', path, { headers: { 'if-none-match': known } })).toMatchObject({
          status: 304,
          text: '',
        });
      expect((await call('GET', path, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    }
  });

  it('changes with what is shown beside a manifest, which a change of it does not mind', async () => {
    const { call, clock } = await start();
    const etag = (await call('GET', '/schedules/hourly')).headers.get('etag')!;
    await clock.advance(3_600_000);
    const later = await call('GET', '/schedules/hourly', { headers: { 'if-none-match': etag } });
    expect(later.status).toBe(200);
    expect(later.headers.get('etag')).not.toBe(etag);
    const change = { body: { spec: { jitter: '5m' } }, headers: { 'if-match': etag } };
    expect((await call('PATCH', '/schedules/hourly', change)).status).toBe(200);
  });

  it.each([
    ['PATCH', '/schedules/hourly', { spec: { jitter: '5m' } }],
    ['DELETE', '/schedules/hourly', undefined],
    ['POST', '/schedules/hourly/pause', {}],
    ['POST', '/schedules/hourly/unpause', {}],
    ['POST', '/schedules/hourly/skip', {}],
    [
      'PUT',
      '/replications/standby',
      {
        metadata: { name: 'standby' },
        spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed' },
      },
    ],
    ['DELETE', '/replications/standby', undefined],
    ['POST', '/replications/standby/pause', {}],
    ['POST', '/replications/standby/unpause', {}],
  ])('in If-Match lets %s %s change what was read, and 412 anything newer', async (method, path, body) => {
    const { call, state } = await start();
    const thing = path.split('/').slice(0, 3).join('/');
    const etag = (await call('GET', thing)).headers.get('etag')!;
    const folder = path.startsWith('/schedules') ? state.schedules : state.replications;
    const name = path.split('/')[2]!;
    const labelled = ({ metadata, ...rest }: { metadata: object }) => ({
      ...rest,
      metadata: { ...metadata, labels: { changed: 'since' } },
    });
    const was = await folder.get(name);
    await folder.change(name, labelled as never);
    const refused = await call(method, path, { body, headers: { 'if-match': etag } });
    expect([refused.status, await folder.get(name)]).toEqual([412, labelled(was)]);
    const now = (await call('GET', thing)).headers.get('etag')!;
    expect((await call(method, path, { body, headers: { 'if-match': `"x", ${now}` } })).status).toBeLessThan(
      300,
    );
  });

  it('of a change is that of what is stored then', async () => {
    const { call } = await start();
    const paused = await call('POST', '/schedules/hourly/pause', { body: {} });
    const etag = paused.headers.get('etag')!;
    const patched = await call('PATCH', '/schedules/hourly', {
      body: { spec: { jitter: '5m' } },
      headers: { 'if-match': etag },
    });
    expect(patched).toMatchObject({ status: 200, body: { spec: { jitter: '5m0s', paused: true } } });
    const again = await call('PATCH', '/schedules/hourly', {
      body: { spec: { jitter: '6m' } },
      headers: { 'if-match': etag },
    });
    expect(again).toMatchObject({ status: 412, body: { detail: expect.stringContaining('"hourly"') } });
  });

  it.each(['hourly', '"a', '"a" "b"', 'W/', ''])('that is none, %j, is refused with 400', async (tag) => {
    const { call } = await start();
    const answer = await call('DELETE', '/schedules/hourly', { headers: { 'if-match': tag } });
    expect(answer.status).toBe(400);
  });

  it('in the If-Match of an operation that changes no manifest is refused with 400', async () => {
    const { call } = await start();
    const answer = await call('POST', '/schedules/hourly/run', { body: {}, headers: { 'if-match': '"x"' } });
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining('If-Match') } });
  });
});
