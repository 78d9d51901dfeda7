import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog } from '../../../../shared/platform/log/log';
import type { BackupRequest } from '../../../../shared/formats/manifests/run';
import { cancelRun } from '../../../../shared/operations/runs/cancel-run';
import { closeEnded, endedRuns } from '../../../../shared/formats/state/run/ended-runs';
import { findAlarm, setAlarm } from '../../../../shared/formats/state/alarms';
import { writeAudit } from '../../../../shared/formats/state/audit';
import { placeMark, markReason } from '../../../../shared/formats/state/backup-marks';
import { cancelledBy } from '../../../../shared/formats/state/run/cancellation';
import { beat, heartbeatAge } from '../../../../shared/formats/state/run/heartbeat';
import { readHint, writeHint } from '../../../../shared/formats/state/hints';
import { installationRecord } from '../../../../shared/formats/state/manifests/installation-record';
import { takeLease } from '../../../../shared/formats/state/leases/leases';
import {
  claimTry,
  findNotice,
  noticeId,
  pendingNotices,
  postNotice,
} from '../../../../shared/formats/state/notices';
import { markOpen, openRuns } from '../../../../shared/formats/state/run/open-runs';
import { listPermits, takePermit } from '../../../../shared/formats/state/leases/permits';
import { findProgress, progressWriter } from '../../../../shared/formats/state/run/progress';
import { lastTurn, takeTurn, turnsOf } from '../../../../shared/formats/state/replication-turns';
import { createRequest, findRequest } from '../../../../shared/formats/state/run/requests';
import { findResult, finishRun } from '../../../../shared/formats/state/run/results';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { openState } from '../../../../shared/formats/state/state';
import { claimStart } from '../../../../shared/formats/state/run/starts';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { rule } from '../../operations/replication/rules';
import { completed, request } from '../../operations/runs/fixtures';
import { aSchedule } from '../../operations/schedule/a-schedule';
import { type OssFixture, startFixture } from '../../platform/oss/oss-fixture';

const at = { clock: systemClock, random: systemRandom };
let oss: OssFixture;
let places = 0;

beforeAll(async () => {
  oss = await startFixture();
});
afterAll(() => oss?.close());

/** A state that nothing was written to yet. */
function fresh(): ObjectStore {
  places += 1;
  return oss.store.at(`state-${places}/`);
}
const run = (name: string) => ({ kind: 'backups', name }) as const;
const writers = [0, 1, 2, 3];

/** What each of four writers at the same moment came to; errors by their kind. */
async function atOnce<T>(write: (writer: number) => Promise<T>): Promise<(T | string)[]> {
  const ends = await Promise.allSettled(writers.map((writer) => write(writer)));
  return ends.map((end) => (end.status === 'fulfilled' ? end.value : (end.reason as { kind: string }).kind));
}

const wins = <T>(ends: T[], won: (end: T) => boolean) => ends.filter(won).length;

describe('writers at the same moment, on an OSS server', () => {
  it('agree on the record of the installation', async () => {
    const state = fresh();
    const ids = await atOnce(async () => (await installationRecord(state, at)).id);
    expect(new Set(ids).size).toBe(1);
  });

  it.each(['vaults', 'notifications'] as const)('make one manifest of a name among %s', async (folder) => {
    const state = openState(fresh());
    const sealed = {
      version: 1,
      algorithm: 'AES-256-GCM',
      keyId: '00000000',
      nonce: '',
      ciphertext: '',
      tag: '',
    };
    const spec = (writer: number) =>
      folder === 'vaults'
        ? { region: 'cn-hangzhou', bucket: `bucket-${writer}` }
        : { type: 'slack', host: `h${writer}`, sealedTarget: sealed };
    const kind = folder === 'vaults' ? 'Vault' : 'Notification';
    const ends = await atOnce<unknown>((writer) =>
      state[folder].create({ kind, metadata: { name: 'main' }, spec: spec(writer) }),
    );
    expect(wins(ends, (end) => typeof end === 'object')).toBe(1);
    expect(wins(ends, (end) => end === 'conflict')).toBe(3);
    expect(await state[folder].get('main')).toEqual(ends.find((end) => typeof end === 'object'));
  });

  it('make one request of a name; who asked for something else is told', async () => {
    const state = fresh();
    const ends = await atOnce((writer) =>
      createRequest(state, { ...request, cluster: writer < 2 ? 'a' : 'b' }),
    );
    expect(wins(ends, (end) => typeof end === 'object' && end.created)).toBe(1);
    const { cluster } = (await findRequest(state, run('shop-1'))) as BackupRequest;
    const others = ends.filter((_, writer) => (writer < 2 ? 'a' : 'b') !== cluster);
    expect(others).toEqual(['conflict', 'conflict']);
  });

  it('open a run once', async () => {
    const state = fresh();
    await atOnce(() => markOpen(state, run('shop-1')));
    const open = [];
    for await (const { name } of openRuns(state)) open.push(name);
    expect(open).toEqual(['shop-1']);
  });

  it('make each start once', async () => {
    const state = fresh();
    const ends = await atOnce((writer) => claimStart(state, run('shop-1'), 1, `tick ${writer}`));
    expect(wins(ends, (end) => end === true)).toBe(1);
  });

  it('take one lease', async () => {
    const state = fresh();
    const leases = await atOnce((writer) =>
      takeLease(runStore(state, run('shop-1')), { ...at, holder: `worker ${writer}` }),
    );
    expect(wins(leases, (lease) => lease !== undefined)).toBe(1);
    for (const lease of leases) if (typeof lease === 'object') lease.release();
  });

  it('take one permit of a number', async () => {
    const state = fresh();
    const namespaces = { included: ['shop'], excluded: [] };
    const ends = await atOnce((writer) =>
      takePermit(
        state,
        'a',
        { place: 1, n: 1 },
        { run: run(`shop-${writer}`), namespaces, random: systemRandom },
      ),
    );
    expect(wins(ends, (end) => end === true)).toBe(1);
    expect((await listPermits(state, 'a')).permits).toMatchObject([{ place: 1, n: 1, free: false }]);
  });

  it('take one turn of a number', async () => {
    const turns = turnsOf(fresh(), rule('standby', 'a', ['b']), 'b');
    const at = '2026-11-22T10:00:00Z';
    const ends = await atOnce((writer) =>
      takeTurn(turns, 1, { kind: 'Turn', backup: `shop-${writer}`, at, restore: `standby-${writer}` }),
    );
    expect(wins(ends, (end) => end === true)).toBe(1);
    const winner = ends.indexOf(true);
    expect(await lastTurn(turns)).toMatchObject({ n: 1, turn: { backup: `shop-${winner}` } });
  });

  it('change a schedule, which then has the change of each of them', async () => {
    const { schedules } = openState(fresh());
    const { name } = (await schedules.create(aSchedule())).metadata;
    await atOnce((writer) =>
      schedules.change(name, ({ metadata, ...rest }) => ({
        ...rest,
        metadata: { ...metadata, labels: { ...metadata.labels, [`writer-${writer}`]: 'was-here' } },
      })),
    );
    const { labels } = (await schedules.get(name)).metadata;
    expect(Object.keys(labels ?? {}).sort()).toEqual(writers.map((writer) => `writer-${writer}`));
  });

  it('record one outcome, and all answer with it', async () => {
    const state = fresh();
    const ends = await atOnce((writer) => finishRun(state, run('shop-1'), { ...completed, errors: writer }));
    const standing = await findResult(state, run('shop-1'));
    expect(ends).toEqual(writers.map(() => standing));
    expect(await endedRuns(state)).toEqual([run('shop-1')]);
  });

  it('write one commit of a backup', async () => {
    const folder = runStore(fresh(), run('shop-1'));
    const ends = await atOnce(async (writer) => {
      const { created } = await folder.create('commit.json', Buffer.from(`{"upload":${writer}}`));
      return created;
    });
    expect(wins(ends, (end) => end === true)).toBe(1);
    const { body } = await folder.get('commit.json');
    expect(JSON.parse(body.toString())).toEqual({ upload: ends.indexOf(true) });
  });

  it('cancel a run once, and all are told the same', async () => {
    const state = fresh();
    await createRequest(state, request);
    const dispatcher = { start: async () => 'sent' as const };
    const context = { state, installation: 'i1', dispatcher, ...at, log: silentLog };
    const ends = await atOnce((writer) =>
      cancelRun({ ...context, holder: `person ${writer}` }, run('shop-1')),
    );
    const by = await cancelledBy(runStore(state, run('shop-1')));
    // Who came while another ended it has no outcome to tell of yet.
    const standing = await findResult(state, run('shop-1'));
    expect(standing).toMatchObject({ cancelled: true, reason: `cancelled by ${by}` });
    for (const end of ends)
      expect([undefined, JSON.stringify(standing)]).toContain(end && JSON.stringify(end));
  });

  it('write whole progress, hints, alarms and heartbeats: the last of them, and never a mixture', async () => {
    const state = fresh();
    const folder = runStore(state, run('shop-1'));
    await atOnce(async (writer) => {
      const { report, flush } = progressWriter(folder, systemClock);
      report({ phase: `writer ${writer}`, done: writer });
      await flush();
      await writeHint(state, 'slots', { writer, text: 'x'.repeat(writer * 1_000) });
      await setAlarm(state, { of: 'ticks' }, { phase: 'silent', at: `2026-11-22T10:00:0${writer}Z` });
      await beat(state, systemClock, { writer });
    });
    const progress = (await findProgress(folder))!;
    expect(progress.phase).toBe(`writer ${progress.done}`);
    const hint = (await readHint(state, 'slots')) as { writer: number; text: string };
    expect(hint.text).toHaveLength(hint.writer * 1_000);
    expect(await findAlarm(state, { of: 'ticks' })).toMatchObject({ phase: 'silent' });
    expect(await heartbeatAge(state)).toBeLessThan(60_000);
  });

  it('place one mark, whose reason stays', async () => {
    const state = fresh();
    const place = { vault: 'main', backup: 'shop-1' };
    const ends = await atOnce((writer) =>
      placeMark(state, 'holds', place, { reason: `reason ${writer}`, by: 'x', at: '2026-11-22T10:00:00Z' }),
    );
    expect(wins(ends, (end) => end === true)).toBe(1);
    expect(await markReason(state, 'holds', place)).toBe(`reason ${ends.indexOf(true)}`);
  });

  it('post one notice, and make each try to send it once', async () => {
    const state = fresh();
    const id = noticeId('failed', 'shop-1');
    const notice = { id, event: 'failed', text: 'text', at: '2026-11-22T10:00:00Z' } as const;
    const posted = await atOnce((writer) => postNotice(state, { ...notice, title: `title ${writer}` }));
    expect(wins(posted, (end) => end === true)).toBe(1);
    expect((await findNotice(state, id))!.title).toBe(`title ${posted.indexOf(true)}`);
    const claimed = await atOnce(() => claimTry(state, id, 'ops', 1));
    expect(wins(claimed, (end) => end === true)).toBe(1);
    expect(await pendingNotices(state)).toHaveLength(1);
  });

  it('keep an audit entry each', async () => {
    const state = fresh();
    await atOnce((writer) =>
      writeAudit(state, { action: 'create', what: 'vault', name: 'main', by: `person ${writer}` }, at),
    );
    let entries = 0;
    for await (const page of state.list('audit/')) entries += page.objects.length;
    expect(entries).toBe(4);
  });

  it('close and end a run once, when two ticks and its worker do it', async () => {
    const state = fresh();
    await createRequest(state, request);
    await atOnce(() => closeEnded(state, run('shop-1')));
    expect(await endedRuns(state)).toEqual([run('shop-1')]);
  });
});
