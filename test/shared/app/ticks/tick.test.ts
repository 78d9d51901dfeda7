import { describe, expect, it } from '@jest/globals';
import { createApi } from '../../../../shared/api/api';
import { addNotification, testNotification } from '../../../../shared/app/add-notification';
import { cancel } from '../../../../shared/app/runs/cancel';
import { type Installation, notificationContext } from '../../../../shared/app/installation';
import { addSchedule } from '../../../../shared/app/schedules/add-schedule';
import { watchTaken } from '../../../../shared/operations/notifications/watch-taken';
import { makeInstallationRecord } from '../../../../shared/formats/state/manifests/installation-record';
import { createRequest } from '../../../../shared/formats/state/run/requests';
import { requestBackup } from '../../../../shared/app/runs/request';
import { tellFailedInvocation } from '../../../../shared/app/ticks/tell-failed-invocation';
import { tick } from '../../../../shared/app/ticks/tick';
import { watchTicks } from '../../../../shared/app/ticks/watch-ticks';
import { readDestinationEvent } from '../../../../shared/app/fc/destination-event';
import { liveLog } from '../../../../shared/formats/state/run/live-log';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { receiver } from '../../operations/notifications/receiver';
import { anInstallation } from '../an-installation';

const minute = 60_000;
const key = Buffer.alloc(32, 7).toString('base64');
const functions = { backups: 'lifeboat-backup', restores: 'lifeboat-restore' };

async function setUp(settings: object = {}) {
  const made = await anInstallation();
  const installation: Installation = {
    ...made.installation,
    settings: { notificationKey: key, local: true, functions, ...settings } as Installation['settings'],
  };
  const api = createApi({ open: async () => installation, signed: true });
  const call = (method: string, path: string, sent?: unknown) =>
    api.request(path, {
      method,
      headers: { 'content-type': 'application/json', authorization: 'FC person:signature' },
      ...(sent !== undefined && { body: JSON.stringify(sent) }),
    });
  const health = async () => {
    const answer = await call('GET', '/health');
    return [answer.status, await answer.json()];
  };
  const backUp = (name: string) =>
    requestBackup(installation, {
      kind: 'BackupRequest',
      metadata: { name },
      cluster: 'a',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
  return { ...made, installation, call, health, backUp };
}

const titles = (bodies: unknown[]) => bodies.map((body) => (body as { data: { title: string } }).data.title);

describe('the heartbeat', () => {
  it('is what GET /health goes by: starting, ok, and 503 once it is older than ten minutes', async () => {
    const { installation, clock, health } = await setUp();
    expect(await health()).toEqual([200, { status: 'starting', installation: 'i1' }]);
    await tick(installation);
    await clock.advance(10 * minute);
    expect(await health()).toEqual([200, { status: 'ok', installation: 'i1', secondsSinceTick: 600 }]);
    await clock.advance(1_000);
    expect(await health()).toEqual([503, { status: 'silent', installation: 'i1', secondsSinceTick: 601 }]);
  });

  it('is awaited for 15 minutes after the installation was made; then GET /health answers 503, and people are told once', async () => {
    const ops = await receiver();
    const { installation, clock, health } = await setUp();
    const { store } = installation.state;
    await makeInstallationRecord(store, 'ab'.repeat(16), clock);
    const target = { url: ops.url, secret: 's' };
    await addNotification(installation, { name: 'ops', type: 'webhook', target });
    try {
      await clock.advance(15 * minute);
      expect(await health()).toEqual([200, { status: 'starting', installation: 'i1' }]);
      await watchTicks(installation);
      await clock.advance(1_000);
      expect(await health()).toEqual([503, { status: 'silent', installation: 'i1' }]);
      await watchTicks(installation);
      await watchTicks(installation);
      expect(titles(ops.bodies)).toEqual(['Lifeboat: the ticks have stopped']);
      expect(JSON.stringify(ops.bodies)).toContain('no tick has ended since the installation was made');
      await tick(installation);
      expect((await health())[0]).toBe(200);
      await watchTicks(installation);
      expect(titles(ops.bodies).slice(1)).toEqual(['Lifeboat: the ticks come again']);
    } finally {
      await ops.close();
    }
  });

  it('does not come when a part of the tick could not be done', async () => {
    const { installation, bucket, health, clock } = await setUp();
    await tick(installation);
    await clock.advance(9 * minute);
    bucket.before = (op, what) => {
      if (op === 'list' && what.includes('schedules/')) throw new Error('broken');
    };
    expect(await tick(installation)).toMatchObject({ due: { failed: 'broken' }, open: { failed: [] } });
    expect(await health()).toMatchObject([200, { secondsSinceTick: 540 }]);
    await clock.advance(11 * minute);
    bucket.before = (op) => {
      if (op === 'list') throw new Error('broken');
    };
    await expect(tick(installation)).rejects.toThrow('could do nothing');
    bucket.before = () => {};
    expect((await health())[0]).toBe(503);
  });

  it('does not come, and the dead-man URL is not called, where the bucket of the state keeps versions; people are told', async () => {
    const [alive, people] = [await receiver(), await receiver()];
    const { installation, clock, bucket } = await setUp({ deadManUrl: `${alive.url}/ping` });
    try {
      const target = { url: people.url, secret: 's' };
      await addNotification(installation, { name: 'ops', type: 'webhook', target });
      await addSchedule(installation, {
        name: 'often',
        spec: {
          schedule: '*/5 * * * *',
          clusters: ['a'],
          vault: 'main',
          template: { includedNamespaces: ['shop'] },
          overdueAfter: '10m',
        },
      });
      await tick(installation);
      expect(alive.bodies).toHaveLength(1);
      Object.assign(bucket, { kind: 'versioned' });
      for (let n = 0; n < 25; n += 1) {
        await clock.advance(minute);
        await tick(installation);
      }
      // The first tick that has nothing due may do all that it has to do.
      expect(alive.bodies.length).toBeLessThanOrEqual(5);
      expect(titles(people.bodies)).toContain('Lifeboat: schedule often is overdue');
    } finally {
      await Promise.all([alive.close(), people.close()]);
    }
  });

  it('calls the dead-man URL at the end of each tick, and a dead service there keeps nothing from being done', async () => {
    const alive = await receiver();
    const { installation } = await setUp({ deadManUrl: `${alive.url}/alive` });
    await tick(installation);
    await tick(installation);
    expect(alive.bodies).toEqual(['GET /alive', 'GET /alive']);
    await alive.close();
    expect(await tick(installation)).toMatchObject({ open: { failed: [] }, told: { failed: [] } });
  });

  it('is missed by those who run beside the ticks: told once, and once when it comes again', async () => {
    const ops = await receiver();
    const { installation, clock } = await setUp();
    await addNotification(installation, {
      name: 'ops',
      type: 'webhook',
      target: { url: ops.url, secret: 's' },
    });
    try {
      await tick(installation);
      for (let hour = 0; hour < 3; hour += 1) {
        await clock.advance(60 * minute);
        await watchTicks(installation);
      }
      expect(titles(ops.bodies)).toEqual(['Lifeboat: the ticks have stopped']);
      await tick(installation);
      await watchTicks(installation);
      await watchTicks(installation);
      expect(titles(ops.bodies).slice(1)).toEqual(['Lifeboat: the ticks come again']);
      await clock.advance(60 * minute);
      await watchTicks(installation);
      expect(ops.bodies).toHaveLength(3);
    } finally {
      await ops.close();
    }
  });
});

describe('a tick that tells people', () => {
  it('tells once of a backup that failed, and of nothing that a receiver says', async () => {
    const ops = await receiver();
    const { installation, finish, backUp, bucket } = await setUp();
    await addNotification(installation, {
      name: 'ops',
      type: 'webhook',
      target: { url: `${ops.url}/the-token`, secret: 'the-secret' },
    });
    try {
      await backUp('shop-1');
      await finish('shop-1', 'Failed');
      await tick(installation);
      await tick(installation);
      expect(titles(ops.bodies)).toEqual(['Lifeboat: backup shop-1 failed']);
      const everything = [...bucket.objects.values()].map(({ body }) => body.toString()).join();
      expect(everything).not.toContain('the-token');
      expect(everything).not.toContain('the-secret');
    } finally {
      await ops.close();
    }
  });

  it('tells once of a slot, and of a replication, whose name another request has', async () => {
    const ops = await receiver();
    const { installation, context, clock } = await setUp();
    await addNotification(installation, {
      name: 'ops',
      type: 'webhook',
      target: { url: ops.url, secret: 's' },
    });
    const spec = {
      schedule: '0 * * * *',
      clusters: ['a'],
      vault: 'main',
      template: { includedNamespaces: ['shop'] },
    };
    await addSchedule(installation, { name: 'hourly', spec });
    await createRequest(context.state, {
      kind: 'BackupRequest',
      metadata: { name: 'hourly-20261122110000' },
      cluster: 'b',
      vault: 'main',
      spec: { includedNamespaces: ['shop'] },
    });
    try {
      await clock.advance(60 * minute);
      for (let times = 0; times < 3; times += 1) await tick(installation);
      expect(titles(ops.bodies)).toEqual(['Lifeboat: schedule hourly failed']);
      const taken = { replication: 'standby', target: 'b', backup: 'one' };
      for (let times = 0; times < 2; times += 1) await watchTaken(notificationContext(installation), [taken]);
      await tick(installation);
      expect(titles(ops.bodies).slice(1)).toEqual(['Lifeboat: replication standby failed']);
    } finally {
      await ops.close();
    }
  });

  it('ends all the same when the receivers hang, and when what is to be told cannot be read', async () => {
    const { installation, bucket, backUp } = await setUp();
    await backUp('shop-1');
    bucket.before = (op, what) => {
      if (op === 'list' && /ended|outbox/.test(what)) throw new Error('broken');
    };
    expect(await tick(installation)).toMatchObject({ told: { failed: 'broken' } });
  });

  it('tells that a test was not taken, with what the receiver said', async () => {
    const ops = await receiver(403);
    const { installation } = await setUp();
    await addNotification(installation, {
      name: 'ops',
      type: 'webhook',
      target: { url: ops.url, secret: 's' },
    });
    try {
      await expect(testNotification(installation, 'ops')).rejects.toThrow('answered status 403');
    } finally {
      await ops.close();
    }
  });

  it('cannot open a target that was moved to another name or sealed under another key', async () => {
    const { installation, state } = await setUp();
    await addNotification(installation, {
      name: 'ops',
      type: 'slack',
      target: { url: 'https://hooks.slack.com/services/x' },
    });
    const { spec } = await state.notifications.get('ops');
    await state.notifications.create({ kind: 'Notification', metadata: { name: 'moved' }, spec });
    await expect(testNotification(installation, 'moved')).rejects.toMatchObject({ kind: 'corrupt' });
    const other = { ...installation.settings, notificationKey: Buffer.alloc(32, 8).toString('base64') };
    await expect(testNotification({ ...installation, settings: other }, 'ops')).rejects.toMatchObject({
      kind: 'denied',
    });
  });
});

describe('an invocation that Function Compute could not carry out', () => {
  const event = (name: string, payload: string) =>
    readDestinationEvent(
      Buffer.from(
        JSON.stringify({
          timestamp: 1,
          requestContext: {
            requestId: 'r-1',
            functionArn: `acs:fc:cn-hangzhou:1:functions/${name}/LATEST`,
            condition: 'FunctionTimeoutError',
            approximateInvokeCount: 1,
          },
          requestPayload: payload,
          responseContext: { statusCode: 200, functionError: 'x' },
          responsePayload: 'secret-of-the-answer',
        }),
      ),
    );

  it('is told once a day, with nothing of what was sent or answered, but not the worker of a run', async () => {
    const ops = await receiver();
    const { installation, backUp, clock } = await setUp();
    await addNotification(installation, {
      name: 'ops',
      type: 'webhook',
      target: { url: ops.url, secret: 's' },
    });
    await backUp('shop-1');
    try {
      for (let i = 0; i < 3; i += 1)
        await tellFailedInvocation(installation, event('lifeboat-scheduled-backup', 'secret-payload'));
      await tellFailedInvocation(
        installation,
        event('lifeboat-backup', '{"kind":"backups","name":"shop-1"}'),
      );
      expect(titles(ops.bodies)).toEqual(['Lifeboat: function lifeboat-scheduled-backup failed']);
      expect(JSON.stringify(ops.bodies)).toContain('FunctionTimeoutError');
      expect(JSON.stringify(ops.bodies)).not.toContain('secret');
      await tellFailedInvocation(
        installation,
        event('lifeboat-backup', '{"kind":"backups","name":"unknown"}'),
      );
      await clock.advance(24 * 60 * minute);
      await tellFailedInvocation(installation, event('lifeboat-scheduled-backup', ''));
      expect(ops.bodies).toHaveLength(3);
    } finally {
      await ops.close();
    }
  });
});

describe('a run over HTTP', () => {
  it('shows its log while it goes on, and is cancelled', async () => {
    const { installation, call, backUp, clock, state } = await setUp();
    await backUp('shop-1');
    expect((await call('GET', '/backups/shop-1/log')).status).toBe(404);
    const log = liveLog(runStore(state.store, { kind: 'backups', name: 'shop-1' }), clock, {});
    log.info('reading the namespace');
    await log.flush();
    const shown = await call('GET', '/backups/shop-1/log');
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(await shown.text()).toContain('reading the namespace');
    expect((await call('POST', '/backups/shop-1/cancel', { now: true })).status).toBe(422);
    const answer = await call('POST', '/backups/shop-1/cancel', {});
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { phase: 'Failed', result: { cancelled: true } },
    ]);
    expect((await call('POST', '/backups/nothing/cancel', {})).status).toBe(404);
    await backUp('shop-2');
    await cancel(installation, { kind: 'backups', name: 'shop-2' });
    // It had no worker, so it has no log, and the reason is all there is.
    expect(await (await call('GET', '/backups/shop-2/log')).json()).toMatchObject({
      hint: 'cancelled by test',
    });
  });
});
