import { describe, expect, it } from '@jest/globals';
import type { BackupRequest, RunResult } from '../../../../shared/formats/manifests/run';
import { deliverNotices } from '../../../../shared/operations/notifications/deliver-notices';
import type { NotificationContext } from '../../../../shared/operations/notifications/notification-context';
import { sealTarget } from '../../../../shared/operations/notifications/target';
import { watchOverdue } from '../../../../shared/operations/notifications/watch-overdue';
import { watchRuns } from '../../../../shared/operations/notifications/watch-runs';
import { restartOpenRuns } from '../../../../shared/operations/runs/restart-open-runs';
import {
  findNotice,
  type Notice,
  noticeId,
  pendingNotices,
  postNotice,
} from '../../../../shared/formats/state/notices';
import { openState } from '../../../../shared/formats/state/state';
import { createRequest } from '../../../../shared/formats/state/run/requests';
import { finishRun } from '../../../../shared/formats/state/run/results';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { completed, request, setUp as setUpRuns } from '../runs/fixtures';
import { receiver } from './receiver';

const key = Buffer.alloc(32, 7).toString('base64');
const minute = 60_000;

function setUp() {
  const made = setUpRuns();
  const { context, clock } = made;
  const telling: NotificationContext = {
    state: context.state,
    installation: 'i1',
    key,
    local: true,
    clock,
    log: context.log,
  };
  let second = 0;

  /** A backup that was asked for and has ended, each a minute after the last. */
  async function ended(
    name: string,
    phase: RunResult['phase'],
    more: Pick<BackupRequest, 'schedule'> & Partial<Pick<RunResult, 'cancelled' | 'reason'>> = {},
  ) {
    const { schedule, cancelled, reason } = more;
    second += 60;
    const completionTimestamp = `${new Date(Date.parse('2026-11-22T10:00:00Z') + second * 1_000).toISOString().slice(0, 19)}Z`;
    await createRequest(context.state, { ...request, metadata: { name }, ...(schedule && { schedule }) });
    const result = { ...completed, phase, completionTimestamp, ...(cancelled && { cancelled }), reason };
    await finishRun(context.state, { kind: 'backups', name }, result);
  }
  const nightly = (slot: string) => ({ schedule: { name: 'nightly', slot } });
  const slot = (n: number) => `2026-11-2${n}T01:00:00Z`;
  const scheduled = (n: number, phase: RunResult['phase']) =>
    ended(`nightly-2026112${n}010000`, phase, nightly(slot(n)));

  async function told(): Promise<string[]> {
    const notices: Notice[] = [];
    for (const { id } of await pendingNotices(context.state))
      notices.push((await findNotice(context.state, id))!);
    return notices.sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ event, title }) => `${event}: ${title}`);
  }
  async function addReceiver(name: string, url: string, events?: string[]) {
    const place = { installation: 'i1', name, type: 'webhook', host: new URL(url).host } as const;
    const target = { url, secret: 'whsec_c2VjcmV0' };
    await openState(context.state).notifications.create({
      kind: 'Notification',
      metadata: { name },
      spec: {
        type: 'webhook',
        host: place.host,
        sealedTarget: sealTarget(target, place, key, context.random),
        ...(events && { events }),
      },
    });
  }
  return { ...made, telling, ended, scheduled, told, addReceiver };
}

describe('what people are told of runs', () => {
  it('is each failure of a run on demand, and nothing of one that completed or was cancelled', async () => {
    const { telling, ended, told, bucket } = setUp();
    await ended('shop-1', 'Failed', { reason: 'cluster a does not answer' });
    await ended('shop-2', 'Completed');
    await ended('shop-3', 'PartiallyFailed');
    await ended('shop-4', 'Failed', { cancelled: true });
    await watchRuns(telling);
    expect(await told()).toEqual([
      'failed: Lifeboat: backup shop-1 failed',
      'partially-failed: Lifeboat: backup shop-3 failed in part',
    ]);
    expect(bucket.keys().filter((each) => each.startsWith('state/ended/'))).toEqual([]);
  });

  it('is once per change of a schedule: failed, failed in part, recovered', async () => {
    const { telling, scheduled, told } = setUp();
    const history: RunResult['phase'][] = [
      'Completed',
      'Failed',
      'Failed',
      'PartiallyFailed',
      'PartiallyFailed',
      'Completed',
      'Completed',
    ];
    for (const [n, phase] of history.entries()) {
      await scheduled(n, phase);
      await watchRuns(telling);
    }
    expect(await told()).toEqual([
      'failed: Lifeboat: backup nightly-20261121010000 failed',
      'partially-failed: Lifeboat: backup nightly-20261123010000 failed in part',
      'recovered: Lifeboat: schedule nightly recovered',
    ]);
  });

  it('is the same when two ticks look at once, or a mark comes back', async () => {
    const { telling, scheduled, told, context } = setUp();
    await scheduled(1, 'Failed');
    await Promise.all([watchRuns(telling), watchRuns(telling), watchRuns(telling)]);
    await context.state.put('ended/backups/nightly-20261121010000', Buffer.alloc(0));
    await watchRuns(telling);
    expect(await told()).toHaveLength(1);
  });

  it('comes also of a run whose worker died between its result and the mark', async () => {
    const { telling, context, told } = setUp();
    await createRequest(context.state, request);
    const result = { ...completed, phase: 'Failed' as const };
    await runStore(context.state, { kind: 'backups', name: 'shop-1' }).create(
      'result.json',
      Buffer.from(JSON.stringify(result)),
    );
    await watchRuns(telling);
    expect(await told()).toEqual([]);
    await restartOpenRuns(context);
    await watchRuns(telling);
    expect(await told()).toEqual(['failed: Lifeboat: backup shop-1 failed']);
  });

  it('passes over what cannot be read', async () => {
    const { telling, ended, told, bucket } = setUp();
    await ended('shop-1', 'Failed');
    await ended('shop-2', 'Failed');
    bucket.objects.get('state/runs/backups/shop-1/result.json')!.body = Buffer.from('{');
    await watchRuns(telling);
    expect(await told()).toEqual(['failed: Lifeboat: backup shop-2 failed']);
  });
});

describe('what people are told of schedules', () => {
  const overdue = (slot: string, good?: string) => [{ schedule: 'nightly', cluster: 'a', slot, good }];

  it('is once that one is overdue, whatever ticks say, and once that it has recovered', async () => {
    const { telling, scheduled, told } = setUp();
    const good = '2026-11-20T01:00:00Z';
    for (let i = 0; i < 3; i += 1) await watchOverdue(telling, overdue('2026-11-21T01:00:00Z', good), []);
    await watchOverdue(telling, overdue('2026-11-22T01:00:00Z', good), []);
    // While it is overdue, that its backups fail is nothing new.
    await scheduled(2, 'Failed');
    await watchRuns(telling);
    await scheduled(3, 'Completed');
    await watchOverdue(telling, overdue('2026-11-22T01:00:00Z', good), await watchRuns(telling));
    expect((await told()).sort()).toEqual([
      'overdue: Lifeboat: schedule nightly is overdue',
      'recovered: Lifeboat: schedule nightly recovered',
    ]);
    await watchOverdue(telling, overdue('2026-11-25T01:00:00Z', '2026-11-23T01:00:00Z'), []);
    expect(await told()).toHaveLength(3);
  });
});

describe('what people are told of a schedule that was made or changed anew', () => {
  const manifest = 'state/schedules/nightly.json';

  it('is that it fails, though it had failed before it was changed', async () => {
    const { telling, scheduled, told, bucket, clock } = setUp();
    bucket.write(manifest, Buffer.from('{}'));
    await scheduled(1, 'Failed');
    await watchRuns(telling);
    await scheduled(2, 'Failed');
    await watchRuns(telling);
    expect(await told()).toHaveLength(1);
    // Mended, as the person thinks.
    await clock.advance(10 * minute);
    bucket.write(manifest, Buffer.from('{"mended":true}'));
    await scheduled(3, 'Failed');
    await watchRuns(telling);
    expect(await told()).toContain('failed: Lifeboat: backup nightly-20261123010000 failed');
    expect(await told()).toHaveLength(2);
  });

  it('is that it is overdue, though one of its name was so before it', async () => {
    const { telling, told } = setUp();
    const overdue = (slot: string, startAt: string) => [{ schedule: 'nightly', cluster: 'a', slot, startAt }];
    for (let n = 0; n < 2; n += 1) {
      await watchOverdue(telling, overdue('2026-11-21T01:00:00Z', '2026-11-20T10:00:00Z'), []);
      await watchOverdue(telling, overdue('2026-11-22T01:00:00Z', '2026-11-20T10:00:00Z'), []);
    }
    expect(await told()).toHaveLength(1);
    for (let n = 0; n < 2; n += 1)
      await watchOverdue(telling, overdue('2026-11-24T01:00:00Z', '2026-11-23T10:00:00Z'), []);
    expect(await told()).toHaveLength(2);
  });
});

describe('delivering', () => {
  const notice = (n: number): Notice => ({
    id: noticeId('test', String(n)),
    event: 'failed',
    title: `title ${n}`,
    text: 'text',
    at: '2026-11-22T10:00:00Z',
  });

  it('sends a notice once to each that wants it, also when two ticks do it at once', async () => {
    const { telling, addReceiver, context } = setUp();
    const [all, some] = [await receiver(), await receiver()];
    try {
      await addReceiver('all', all.url);
      await addReceiver('some', some.url, ['overdue']);
      await postNotice(context.state, notice(1));
      await Promise.all([deliverNotices(telling), deliverNotices(telling)]);
      await deliverNotices(telling);
      expect([all.bodies.length, some.bodies.length]).toEqual([1, 0]);
      expect(all.bodies[0]).toMatchObject({ type: 'lifeboat.failed', data: { title: 'title 1' } });
      expect(await pendingNotices(context.state)).toEqual([]);
      // A slow tick saw the change too.
      expect(await postNotice(context.state, notice(1))).toBe(false);
      await context.state.put(`outbox/${notice(1).id}`, Buffer.alloc(0));
      await deliverNotices(telling);
      expect(all.bodies).toHaveLength(1);
      expect(await pendingNotices(context.state)).toEqual([]);
    } finally {
      await Promise.all([all.close(), some.close()]);
    }
  });

  it('tries one that does not take it again, five times, with three minutes between, and tells nothing of the target', async () => {
    const { telling, addReceiver, context, clock } = setUp();
    const down = await receiver(500);
    try {
      await addReceiver('ops', `${down.url}/path-with-token`);
      await postNotice(context.state, notice(1));
      const first = await deliverNotices(telling);
      expect(first.failed).toEqual([
        { notification: 'ops', reason: `notification "ops": ${new URL(down.url).host} answered status 500` },
      ]);
      await deliverNotices(telling);
      expect(down.bodies).toHaveLength(1);
      for (let i = 0; i < 8; i += 1) {
        await clock.advance(4 * minute);
        await deliverNotices(telling);
      }
      expect(down.bodies).toHaveLength(5);
      expect(await pendingNotices(context.state)).toEqual([]);
    } finally {
      await down.close();
    }
  });

  it('comes through to the others when one is down, and sends at most ten to one at a time', async () => {
    const { telling, addReceiver, context } = setUp();
    const [down, up] = [await receiver(503), await receiver()];
    try {
      await addReceiver('down', down.url);
      await addReceiver('up', up.url);
      for (let n = 0; n < 12; n += 1) await postNotice(context.state, notice(n));
      await deliverNotices(telling);
      expect(up.bodies).toHaveLength(10);
      await deliverNotices(telling);
      expect(up.bodies).toHaveLength(12);
    } finally {
      await Promise.all([down.close(), up.close()]);
    }
  });

  it('costs one request when there is nothing to deliver', async () => {
    const { telling, bucket } = setUp();
    const asked: string[] = [];
    bucket.before = (op, what) => void asked.push(`${op} ${what}`);
    await deliverNotices(telling);
    await watchRuns(telling);
    expect(asked).toEqual(['list state/outbox/', 'list state/ended/']);
  });
});
