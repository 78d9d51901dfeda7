import { describe, expect, it } from '@jest/globals';
import { LifeboatError } from '../../../../shared/platform/errors';
import type { BackupRequest, RunResult } from '../../../../shared/formats/manifests/run';
import { requestDueBackups } from '../../../../shared/operations/schedule/request-due-backups';
import { createRequest, findRequest } from '../../../../shared/formats/state/run/requests';
import { finishRun } from '../../../../shared/formats/state/run/results';
import { runNames } from '../../../../shared/formats/state/run/runs';
import { openState } from '../../../../shared/formats/state/state';
import { completed, minute, request, setUp } from '../runs/fixtures';

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

/** A state at 10:00, and a vault; `finish` ends a backup as its worker would. */
function start() {
  const made = setUp();
  const { context, bucket } = made;
  const state = openState(context.state);
  const vault = bucket.store('vault/');
  const tick = () => requestDueBackups(context, { ...state, openVault: async () => vault });
  async function finish(name: string, phase: RunResult['phase'] = 'Completed') {
    await finishRun(context.state, { kind: 'backups', name }, { ...completed, phase });
    if (phase === 'Failed') return;
    const manifest = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name }, status: { phase } };
    await vault.put(`backups/${name}/velero-backup.json`, Buffer.from(JSON.stringify(manifest)));
  }
  return { ...made, state, vault, tick, finish };
}

const nothing = { requested: [], held: [], overdue: [], taken: [], failed: [] };

function cluster(name: string, labels: Record<string, string>) {
  const sealedKubeconfig = {
    version: 1,
    algorithm: 'AES-256-GCM',
    keyId: 'k',
    nonce: 'n',
    ciphertext: 'c',
    tag: 't',
  };
  return {
    kind: 'Cluster',
    metadata: { name, labels },
    spec: { server: 'https://127.0.0.1:6443', sealedKubeconfig },
  };
}

describe('a tick over the schedules', () => {
  it('asks for the backup of a due slot once, also by two ticks at once', async () => {
    const { context, state, sent, clock, tick, finish } = start();
    await state.schedules.create(manifest('often'));
    const reports = await Promise.all([1, 2, 3].map(() => tick()));
    expect(reports.flatMap(({ requested }) => requested)).toEqual(['often-20261122100000']);
    expect((await tick()).requested).toEqual([]);
    await finish('often-20261122100000');
    await clock.advance(10 * minute);
    // The mark of a run that has ended may be left.
    await context.state.put('open/backups/often-20261122100000', Buffer.alloc(0));
    expect((await tick()).requested).toEqual(['often-20261122101000']);
    expect(sent).toHaveLength(2);
    const made = await findRequest(context.state, { kind: 'backups', name: 'often-20261122100000' });
    expect(made).toMatchObject({
      cluster: 'a',
      schedule: { name: 'often', slot: '2026-11-22T10:00:00Z' },
      metadata: { labels: { team: 'sales', 'velero.io/schedule-name': 'often' } },
    });
  });

  it('that is frozen just before it asks, and goes on slots later, doubles nothing', async () => {
    const { context, state, bucket, clock, tick, finish } = start();
    await state.schedules.create(manifest('often'));
    let others: Promise<string[]> | undefined;
    bucket.before = async (op, key) => {
      if (op !== 'create' || !key.endsWith('/request.json') || others) return;
      others = (async () => {
        const first = (await tick()).requested;
        await finish('often-20261122100000');
        clock.freeze(10 * minute);
        return [...first, ...(await tick()).requested];
      })();
      await others;
    };
    expect((await tick()).requested).toEqual([]);
    const names = ['often-20261122100000', 'often-20261122101000'];
    expect(await others).toEqual(names);
    expect(await runNames(context.state, 'backups')).toEqual(names);
    expect((await tick()).requested).toEqual([]);
  });

  it('makes one backup a cluster when it names several', async () => {
    const { context, state, tick } = start();
    await state.schedules.create(manifest('both', { clusters: ['a', 'b'], includeClusterInNames: true }));
    await tick();
    expect(await runNames(context.state, 'backups')).toEqual([
      'both-a-20261122100000',
      'both-b-20261122100000',
    ]);
  });

  it('goes by what ticks remember where the vault cannot be asked, and says both', async () => {
    const { state, bucket, clock, tick, finish } = start();
    await state.schedules.create(manifest('often', { overdueAfter: '5m', schedule: '0 * * * *' }));
    await tick();
    await finish('often-20261122100000');
    await clock.advance(minute);
    await tick();
    bucket.before = (op, key) => {
      if (op === 'list' && key.startsWith('vault/')) throw new LifeboatError('denied', 'OSS answered 403');
    };
    await clock.advance(66 * minute);
    const { overdue, failed } = await tick();
    expect(overdue).toMatchObject([
      { schedule: 'often', slot: '2026-11-22T11:00:00Z', good: '2026-11-22T10:00:00Z' },
    ]);
    expect(failed).toMatchObject([{ reason: expect.stringContaining('403') }]);
    expect((await tick()).overdue).toHaveLength(1);
  });

  it('looks at a selector again while the manifest of any cluster cannot be read, and loses no slot by it', async () => {
    const { state, bucket, clock, tick, finish } = start();
    const spec = {
      clusters: [],
      clusterSelector: { matchLabels: { env: 'live' } },
      includeClusterInNames: true,
    };
    for (const name of ['a', 'b']) await state.clusters.create(cluster(name, { env: 'live' }));
    await state.schedules.create(manifest('all', spec));
    const deny = (name: string) => {
      bucket.before = (op, key) => {
        if (op === 'get' && key.endsWith(`clusters/${name}.json`))
          throw new LifeboatError('unavailable', 'OSS answered 503');
      };
    };
    deny('b');
    const first = await tick();
    expect(first.requested).toEqual(['all-a-20261122100000']);
    expect(first.failed).toMatchObject([{ reason: expect.stringContaining('cluster b may be selected') }]);
    bucket.before = () => {};
    expect((await tick()).requested).toEqual(['all-b-20261122100000']);
    for (const name of ['a', 'b']) await finish(`all-${name}-20261122100000`);
    await clock.advance(10 * minute);
    // One that was selected before is backed up although its labels cannot be read.
    deny('b');
    expect((await tick()).requested.sort()).toEqual(['all-a-20261122101000', 'all-b-20261122101000']);
    for (const name of ['a', 'b']) await finish(`all-${name}-20261122101000`);
    await clock.advance(10 * minute);
    // All of them.
    bucket.before = (op, key) => {
      if (op === 'get' && key.includes('clusters/')) throw new LifeboatError('denied', 'OSS answered 403');
    };
    expect((await tick()).requested.sort()).toEqual(['all-a-20261122102000', 'all-b-20261122102000']);
  });

  it('backs up the clusters that a selector matches at each slot', async () => {
    const { state, clock, tick } = start();
    const selecting = { clusters: [], clusterSelector: { matchLabels: { env: 'live' } } };
    await state.schedules.create(manifest('all', { ...selecting, includeClusterInNames: true }));
    await state.clusters.create(cluster('a', { env: 'live' }));
    await state.clusters.create(cluster('b', { env: 'test' }));
    expect((await tick()).requested).toEqual(['all-a-20261122100000']);
    await state.clusters.change('a', () => cluster('a', { env: 'test' }));
    await state.clusters.change('b', () => cluster('b', { env: 'live' }));
    expect((await tick()).requested).toEqual([]);
    await clock.advance(10 * minute);
    expect((await tick()).requested).toEqual(['all-b-20261122101000']);
    await state.clusters.change('b', () => cluster('b', {}));
    await clock.advance(10 * minute);
    expect((await tick()).failed).toEqual([
      { schedule: 'all', reason: expect.stringContaining('its selector matches no cluster') },
    ]);
  });

  it('tells of a selected cluster whose name is too long, and backs up the others', async () => {
    const { state, tick } = start();
    const selecting = { clusters: [], clusterSelector: { matchLabels: { env: 'live' } } };
    await state.schedules.create(manifest('all', { ...selecting, includeClusterInNames: true }));
    await state.clusters.create(cluster('a', { env: 'live' }));
    await state.clusters.create(cluster('b'.repeat(50), { env: 'live' }));
    for (const requested of [['all-a-20261122100000'], []]) {
      const report = await tick();
      expect(report.requested).toEqual(requested);
      expect(report.failed).toEqual([
        { schedule: 'all', reason: expect.stringContaining('too long a name') },
      ]);
    }
  });

  it('does without its hints', async () => {
    const { state, bucket, tick } = start();
    await state.schedules.create(manifest('often'));
    await tick();
    for (const hint of ['slots', 'schedules']) {
      for (const lost of ['', '[1]', '{"often/a":3}', '{"often":{"etag":"x"}}', undefined]) {
        const key = `state/hints/${hint}.json`;
        if (lost === undefined) bucket.objects.delete(key);
        else bucket.objects.set(key, { body: Buffer.from(lost), lastModified: new Date() });
        expect(await tick()).toEqual(nothing);
      }
    }
  });

  it('keeps to the backup that was asked for when the schedule changes within its slot', async () => {
    const { state, bucket, tick } = start();
    await state.schedules.create(manifest('often'));
    await tick();
    await state.schedules.change('often', () =>
      manifest('often', { template: { includedNamespaces: ['other'] } }),
    );
    bucket.objects.delete('state/hints/slots.json');
    expect(await tick()).toEqual(nothing);
  });

  it('passes over a schedule that cannot be read, and one whose name somebody took, and does the others', async () => {
    const { context, state, bucket, tick } = start();
    await state.schedules.create(manifest('good'));
    await state.schedules.create(manifest('taken'));
    await state.schedules.create(manifest('wrong', { schedule: '0 2 31 2 *' }));
    bucket.objects.set('state/schedules/broken.json', { body: Buffer.from('{'), lastModified: new Date() });
    await createRequest(context.state, { ...request, metadata: { name: 'taken-20261122100000' } });
    for (const wanted of [['good-20261122100000'], []]) {
      const { requested, failed } = await tick();
      expect(requested).toEqual(wanted);
      expect(failed.map(({ schedule }) => schedule).sort()).toEqual(['broken', 'taken', 'wrong']);
    }
  });

  it('sees at once what people changed, and reads nothing else again', async () => {
    const { state, bucket, clock, tick } = start();
    await state.schedules.create(manifest('changed'));
    await state.schedules.create(manifest('same', { schedule: '0 2 * * *' }));
    await tick();
    await clock.advance(10 * minute);
    await state.schedules.change('changed', () => manifest('changed', { paused: true }));
    const read: string[] = [];
    bucket.before = (op, key) => void (op === 'get' && read.push(key));
    expect((await tick()).requested).toEqual([]);
    expect(read.filter((key) => key.startsWith('state/schedules/'))).toEqual([
      'state/schedules/changed.2.json',
    ]);
  });

  it('costs three requests when nothing is due, open or overdue, however many schedules there are', async () => {
    const { state, bucket, clock, tick, finish } = start();
    for (let n = 0; n < 40; n += 1)
      await state.schedules.create(manifest(`s${n}`, { schedule: '0 10 * * *' }));
    for (const name of (await tick()).requested) await finish(name);
    await tick();
    await clock.advance(minute);
    const calls: string[] = [];
    bucket.before = (op) => void calls.push(op);
    expect(await tick()).toEqual(nothing);
    expect(calls.sort()).toEqual(['get', 'get', 'list']);
  });
});

describe('a name that another request has', () => {
  const name = 'often-20261122100000';
  const foreign = { ...request, metadata: { name }, cluster: 'b' };

  it('is reported with its slot at every tick, and the next slot is backed up', async () => {
    const { context, state, clock, tick } = start();
    await state.schedules.create(manifest('often'));
    await createRequest(context.state, foreign);
    const taken = [{ schedule: 'often', cluster: 'a', slot: '2026-11-22T10:00:00Z', backup: name }];
    for (let times = 0; times < 2; times += 1) {
      expect(await tick()).toEqual({
        ...nothing,
        taken,
        failed: [
          {
            schedule: 'often',
            reason: expect.stringContaining('slot of 2026-11-22T10:00:00Z is not backed'),
          },
        ],
      });
    }
    await clock.advance(10 * minute);
    expect(await tick()).toEqual({ ...nothing, requested: ['often-20261122101000'] });
  });

  it('is no backup of the series: it makes none good', async () => {
    const { context, state, clock, tick, finish } = start();
    await state.schedules.create(manifest('often', { schedule: '0 10 * * *' }));
    await createRequest(context.state, foreign);
    await finish(name);
    await tick();
    await clock.advance(61 * minute);
    expect((await tick()).overdue).toEqual([
      { schedule: 'often', cluster: 'a', slot: '2026-11-22T10:00:00Z', startAt: '2026-11-22T09:55:00Z' },
    ]);
  });

  it('is another backup also where its request names the schedule and the slot, but not the cluster', async () => {
    const { context, state, tick } = start();
    await state.schedules.create(manifest('often'));
    const schedule = { name: 'often', slot: '2026-11-22T10:00:00Z' };
    await createRequest(context.state, { ...foreign, schedule });
    expect((await tick()).taken).toHaveLength(1);
  });
});

describe('while the last backup of a schedule is under way', () => {
  it('its next slot waits, and is made when that has ended', async () => {
    const { state, clock, tick, finish } = start();
    await state.schedules.create(manifest('often'));
    await tick();
    await clock.advance(10 * minute);
    expect(await tick()).toEqual({
      ...nothing,
      held: [
        {
          schedule: 'often',
          cluster: 'a',
          slot: '2026-11-22T10:10:00Z',
          reason: 'backup often-20261122100000 is under way, and concurrency is forbid',
        },
      ],
    });
    await clock.advance(2 * minute);
    await finish('often-20261122100000');
    expect((await tick()).requested).toEqual(['often-20261122101000']);
  });

  it('its next slot is made all the same where concurrency is allowed', async () => {
    const { state, clock, tick } = start();
    await state.schedules.create(manifest('often', { concurrency: 'allow' }));
    await tick();
    await clock.advance(10 * minute);
    expect((await tick()).requested).toEqual(['often-20261122101000']);
  });

  it('another cluster or schedule does not wait for it, nor does a mark without a request count', async () => {
    const { context, state, clock, tick } = start();
    await state.schedules.create(manifest('both', { clusters: ['a', 'b'], includeClusterInNames: true }));
    await state.schedules.create(manifest('bot'));
    await context.state.put('open/backups/bot-20261122095900', Buffer.alloc(0));
    const open: BackupRequest = {
      ...request,
      metadata: { name: 'both-a-20261122095000' },
      schedule: { name: 'both', slot: '2026-11-22T09:50:00Z' },
    };
    await createRequest(context.state, open);
    await clock.advance(minute);
    const { requested, held } = await tick();
    expect(requested.sort()).toEqual(['bot-20261122100000', 'both-b-20261122100000']);
    expect(held).toMatchObject([{ schedule: 'both', cluster: 'a' }]);
  });
});

describe('a schedule is overdue', () => {
  const hour = 60 * minute;

  it('when an hour after a slot there is no Completed backup of it, until there is one', async () => {
    const { state, clock, tick, finish } = start();
    await state.schedules.create(manifest('daily', { schedule: '0 12 * * *' }));
    await clock.advance(2 * hour);
    expect((await tick()).requested).toEqual(['daily-20261122120000']);
    await finish('daily-20261122120000', 'PartiallyFailed');
    await clock.advance(hour - minute);
    expect((await tick()).overdue).toEqual([]);
    await clock.advance(minute);
    const startAt = '2026-11-22T09:55:00Z';
    const overdue = { schedule: 'daily', cluster: 'a', slot: '2026-11-22T12:00:00Z', startAt };
    expect((await tick()).overdue).toEqual([overdue]);
    expect((await tick()).overdue).toEqual([overdue]);
    await clock.advance(23 * hour);
    expect((await tick()).requested).toEqual(['daily-20261123120000']);
    await finish('daily-20261123120000');
    expect((await tick()).overdue).toEqual([]);
  });

  it('with the slot of its last good backup in the report, from the vault when hints are lost', async () => {
    const { state, bucket, clock, tick, finish } = start();
    await state.schedules.create(manifest('daily', { schedule: '0 12 * * *', overdueAfter: '30m' }));
    await clock.advance(2 * hour);
    await tick();
    await finish('daily-20261122120000');
    await clock.advance(24 * hour);
    await tick();
    bucket.objects.delete('state/hints/slots.json');
    await clock.advance(29 * minute);
    expect((await tick()).overdue).toEqual([]);
    await clock.advance(minute);
    expect((await tick()).overdue).toEqual([
      {
        schedule: 'daily',
        cluster: 'a',
        slot: '2026-11-23T12:00:00Z',
        good: '2026-11-22T12:00:00Z',
        startAt: '2026-11-22T09:55:00Z',
      },
    ]);
  });

  it('and the vault is asked about it four times an hour, not at each tick', async () => {
    const { state, bucket, clock, tick } = start();
    await state.schedules.create(manifest('daily', { schedule: '5 10 * * *', missedRun: 'skip' }));
    await clock.advance(2 * hour);
    await tick();
    let asked = 0;
    bucket.before = (op, key) => {
      if (op === 'list' && key.startsWith('vault/')) asked += 1;
    };
    for (let n = 0; n < 60; n += 1) {
      await clock.advance(minute);
      expect((await tick()).overdue).toHaveLength(1);
    }
    expect(asked).toBe(4);
  });

  it('not while it is paused, nor for slots that a person let pass', async () => {
    const { state, clock, tick } = start();
    await state.schedules.create(manifest('paused', { paused: true }));
    await state.schedules.create(
      manifest('passed', { schedule: '0 12 * * *', skipSlots: ['2026-11-22T12:00:00Z'] }),
    );
    await clock.advance(5 * hour);
    expect(await tick()).toEqual(nothing);
  });
});
