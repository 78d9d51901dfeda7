import { describe, expect, it } from '@jest/globals';
import { requestDueBackups } from '../../../shared/schedule/request-due-backups';
import { createRequest, findRequest } from '../../../shared/state/requests';
import { runNames } from '../../../shared/state/runs';
import { openState } from '../../../shared/state/state';
import { minute, request, setUp } from '../runs/fixtures';

function manifest(name: string, spec: object = {}) {
  return {
    kind: 'Schedule',
    metadata: { name, labels: { team: 'sales' } },
    spec: {
      schedule: '*/10 * * * *',
      clusters: ['a'],
      vault: 'main',
      startAt: '2026-11-22T09:55:00Z',
      includeClusterInNames: false,
      template: { includedNamespaces: ['shop'] },
      ...spec,
    },
  };
}

function start() {
  const made = setUp();
  return { ...made, state: openState(made.context.state) };
}

describe('a tick over the schedules', () => {
  it('asks for the backup of a due slot once, also by two ticks at once', async () => {
    const { context, state, sent, clock } = start();
    await state.schedules.create(manifest('often'));
    const reports = await Promise.all([1, 2, 3].map(() => requestDueBackups(context, state)));
    expect(reports.flatMap(({ requested }) => requested)).toEqual(['often-20261122100000']);
    expect((await requestDueBackups(context, state)).requested).toEqual([]);
    await clock.advance(10 * minute);
    expect((await requestDueBackups(context, state)).requested).toEqual(['often-20261122101000']);
    expect(sent).toHaveLength(2);
    const made = await findRequest(context.state, { kind: 'backups', name: 'often-20261122100000' });
    expect(made).toMatchObject({
      cluster: 'a',
      schedule: { name: 'often', slot: '2026-11-22T10:00:00Z' },
      metadata: { labels: { team: 'sales', 'velero.io/schedule-name': 'often' } },
    });
  });

  it('makes one backup a cluster when it names several', async () => {
    const { context, state } = start();
    await state.schedules.create(manifest('both', { clusters: ['a', 'b'], includeClusterInNames: true }));
    await requestDueBackups(context, state);
    expect(await runNames(context.state, 'backups')).toEqual([
      'both-a-20261122100000',
      'both-b-20261122100000',
    ]);
  });

  it('does without its hints', async () => {
    const { context, state, bucket } = start();
    await state.schedules.create(manifest('often'));
    await requestDueBackups(context, state);
    for (const lost of ['', '[1]', '{"often/a":3}', undefined]) {
      if (lost === undefined) bucket.objects.delete('state/hints/slots.json');
      else
        bucket.objects.set('state/hints/slots.json', { body: Buffer.from(lost), lastModified: new Date() });
      expect(await requestDueBackups(context, state)).toEqual({ requested: [], failed: [] });
    }
  });

  it('keeps to the backup that was asked for when the schedule changes within its slot', async () => {
    const { context, state, bucket } = start();
    await state.schedules.create(manifest('often'));
    await requestDueBackups(context, state);
    await state.schedules.save(manifest('often', { template: { includedNamespaces: ['other'] } }));
    bucket.objects.delete('state/hints/slots.json');
    expect(await requestDueBackups(context, state)).toEqual({ requested: [], failed: [] });
  });

  it('passes over a schedule that cannot be read, and one whose name somebody took, and does the others', async () => {
    const { context, state, bucket } = start();
    await state.schedules.create(manifest('good'));
    await state.schedules.create(manifest('taken'));
    await state.schedules.create(manifest('wrong', { schedule: '0 2 31 2 *' }));
    bucket.objects.set('state/schedules/broken.json', { body: Buffer.from('{'), lastModified: new Date() });
    await createRequest(context.state, { ...request, metadata: { name: 'taken-20261122100000' } });
    const { requested, failed } = await requestDueBackups(context, state);
    expect(requested).toEqual(['good-20261122100000']);
    expect(failed.map(({ schedule }) => schedule).sort()).toEqual(['broken', 'taken', 'wrong']);
  });
});
