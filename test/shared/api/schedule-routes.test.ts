import { describe, expect, it } from '@jest/globals';
import { addSchedule } from '../../../shared/app/schedules/add-schedule';
import { putLeftOut } from '../../../shared/formats/state/left-out';
import { anApi } from './an-api';

async function start() {
  const made = await anApi();
  const { installation } = made;
  await addSchedule(installation, {
    name: 'hourly',
    spec: {
      schedule: '0 * * * *',
      clusters: ['a', 'b'],
      vault: 'main',
      template: { includedNamespaces: ['shop'] },
    },
  });
  return made;
}

describe('schedules over HTTP', () => {
  it('are listed with how they stand, and those that cannot be read with the reason', async () => {
    const { call, bucket } = await start();
    bucket.objects.set('state/schedules/broken.json', { body: Buffer.from('{'), lastModified: new Date() });
    const { status, body } = await call('GET', '/schedules');
    expect([status, body]).toMatchObject([
      200,
      {
        items: [{ metadata: { name: 'hourly' }, status: { next: [{ due: '2026-11-22T11:00:00Z' }] } }],
        unreadable: [{ name: 'broken' }],
      },
    ]);
  });

  it('have the slots that were left out, with the reason, where one is shown', async () => {
    const { call, state } = await start();
    const since = '2026-11-22T10:00:00Z';
    const [first, until] = ['2026-11-22T11:00:00Z', '2026-11-22T12:00:00Z'];
    const reasons = [
      { why: 'held' as const, reason: 'backup hourly-a-1 was running', slots: 1, first, last: first },
    ];
    const name = { schedule: 'hourly', cluster: 'b' };
    await putLeftOut(state.store, name, { since, until, slots: 1, reasons, first: since });
    const text = `since ${since}: 1 slot, backup hourly-a-1 was running`;
    expect((await call('GET', '/schedules/hourly')).body).toMatchObject({
      status: {
        clusters: [
          { cluster: 'a', leftOut: [] },
          { cluster: 'b', leftOut: [{ since, until, slots: 1, reasons, text }] },
        ],
      },
    });
  });

  it('are paused and unpaused, and let one slot pass', async () => {
    const { call, state } = await start();
    expect(await call('POST', '/schedules/hourly/pause', { body: {} })).toMatchObject({
      status: 200,
      body: { spec: { paused: true } },
    });
    expect(await call('POST', '/schedules/hourly/unpause', { body: {} })).toMatchObject({
      body: { spec: { paused: false, resumedAt: '2026-11-22T10:00:00Z' } },
    });
    expect(await call('POST', '/schedules/hourly/skip', { body: {} })).toMatchObject({
      status: 200,
      body: { slot: '2026-11-22T11:00:00Z' },
    });
    await call('POST', '/schedules/hourly/skip', { body: { slot: '2026-11-22T15:00:00Z' } });
    const { spec } = await state.schedules.get('hourly');
    expect(spec.skipSlots).toEqual(['2026-11-22T11:00:00Z', '2026-11-22T15:00:00Z']);
  });

  it('and backups name no namespaces only where each cluster is registered for some', async () => {
    const { call, state } = await start();
    await state.clusters.change('a', (a) => ({ ...a, spec: { ...a.spec, namespaces: ['shop'] } }));
    const schedule = (name: string, clusters: string[]) => ({
      metadata: { name },
      spec: { schedule: '0 2 * * *', clusters, vault: 'main', template: {} },
    });
    expect(await call('POST', '/schedules', { body: schedule('own', ['a']) })).toMatchObject({ status: 201 });
    const refused = await call('POST', '/schedules', { body: schedule('both', ['a', 'b']) });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('for cluster \\"b\\", spec.template names neither namespaces nor labels');
    expect(await state.schedules.find('both')).toBeUndefined();
    const backup = (name: string, cluster: string) => ({
      metadata: { name },
      cluster,
      vault: 'main',
      spec: {},
    });
    expect(await call('POST', '/backups', { body: backup('one', 'a') })).toMatchObject({ status: 202 });
    const whole = await call('POST', '/backups', { body: backup('two', 'b') });
    expect([whole.status, whole.text]).toEqual([
      422,
      expect.stringContaining('neither namespaces nor labels'),
    ]);
  });

  it('are run now: 202 and the names of the backups', async () => {
    const { call } = await start();
    expect(await call('POST', '/schedules/hourly/run', { body: { clusters: ['b'] } })).toMatchObject({
      status: 202,
      body: { backups: [{ name: 'hourly-b-20261122100000', created: true, started: true }] },
    });
    expect(await call('POST', '/schedules/hourly/run', { body: {} })).toMatchObject({ status: 409 });
  });

  it.each<[string, string, unknown, number]>([
    ['an unknown schedule', '/schedules/nothing/pause', {}, 404],
    ['a slot that is none', '/schedules/hourly/skip', { slot: '2026-11-22T15:01:00Z' }, 422],
    ['a time that is none', '/schedules/hourly/skip', { slot: 'soon' }, 422],
    ['an unknown field', '/schedules/hourly/run', { cluster: 'a' }, 422],
    ['a cluster that is not of the schedule', '/schedules/hourly/run', { clusters: ['c'] }, 404],
    ['an unknown action', '/schedules/hourly/stop', {}, 404],
  ])('refuse %s and change nothing', async (_, path, sent, status) => {
    const { call, bucket } = await start();
    const before = bucket.keys();
    expect((await call('POST', path, { body: sent })).status).toBe(status);
    expect(bucket.keys()).toEqual(before);
  });
});
