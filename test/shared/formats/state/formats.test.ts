import { describe, expect, it } from '@jest/globals';
import { endCancelled, cancelRun } from '../../../../shared/operations/runs/cancel-run';
import { requestRun } from '../../../../shared/operations/runs/request-run';
import { restartOpenRuns } from '../../../../shared/operations/runs/restart-open-runs';
import { findAlarm, setAlarm } from '../../../../shared/formats/state/alarms';
import { writeAudit } from '../../../../shared/formats/state/audit';
import { markReason, placeMark } from '../../../../shared/formats/state/backup-marks';
import { listUncopied, noteCopied, noteUncopied } from '../../../../shared/formats/state/copies';
import {
  beginDeletion,
  findDeletion,
  markHidden,
  placeDeletion,
} from '../../../../shared/formats/state/deletions';
import { readHint, writeHint } from '../../../../shared/formats/state/hints';
import { claimCall, keepAnswer } from '../../../../shared/formats/state/idempotent-calls';
import { takeLease } from '../../../../shared/formats/state/leases/leases';
import { holderOf, listPermits, takePermit } from '../../../../shared/formats/state/leases/permits';
import { installationRecord } from '../../../../shared/formats/state/manifests/installation-record';
import { findNotice, postNotice } from '../../../../shared/formats/state/notices';
import { lastTurn, takeTurn } from '../../../../shared/formats/state/replication-turns';
import { cancelledBy } from '../../../../shared/formats/state/run/cancellation';
import { beat } from '../../../../shared/formats/state/run/heartbeat';
import { findProgress, noteWaiting } from '../../../../shared/formats/state/run/progress';
import { createRequest, findRequest } from '../../../../shared/formats/state/run/requests';
import { findResult, finishRun } from '../../../../shared/formats/state/run/results';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { openState } from '../../../../shared/formats/state/state';
import { lastTokenUse, noteTokenUse } from '../../../../shared/formats/state/token-use';
import type { MemoryBucket } from '../../../harness/memory-bucket';
import { completed, minute, request, run, setUp } from '../../operations/runs/fixtures';
import { aSchedule } from '../../operations/schedule/a-schedule';

const at = '2026-11-22T10:00:00Z';
const place = { vault: 'main', backup: 'shop-1' };
const call = { caller: 'token ci', key: 'k', fingerprint: 'f' };
const subject = { of: 'ticks' } as const;
const token = { name: 'ci', id: '0123456789abcdef' };

/** One document of each format, each by its own writer, and what its readers make of it. */
async function everyDocument() {
  const { context, bucket, clock } = setUp();
  const { state } = context;
  const store = runStore(state, run);
  const turns = state.at('turns/r/0/');
  await installationRecord(state, context);
  await requestRun(context, request);
  const lease = await takeLease(store, context);
  lease!.release();
  await noteWaiting(store, clock, 'full');
  await cancelRun({ ...context, asksOnly: true }, run);
  const namespaces = { included: ['shop'], excluded: [] };
  await takePermit(state, 'b', { place: 1, n: 1 }, { run, namespaces, random: context.random });
  await finishRun(state, run, completed);
  await setAlarm(state, subject, { phase: 'ok', at });
  await writeAudit(state, { action: 'save', what: 'vault', name: 'main', by: 'anna' }, context);
  await placeMark(state, 'holds', place, { reason: 'audit', by: 'anna', at });
  await placeDeletion(state, place, { by: 'person', who: 'anna', at });
  await beginDeletion(state, place);
  await markHidden(state, place);
  await noteCopied(state, place, { from: 'main', manifest: '0' });
  await noteUncopied(state, { ...place, from: 'main', schedule: 'nightly' });
  await writeHint(state, 'x', { format: 'a schedule of this name' });
  await claimCall(state, call, 'n');
  await keepAnswer(state, call, { status: 200, headers: {}, body: '' });
  await postNotice(state, { id: '0'.repeat(32), event: 'failed', title: 't', text: 't', at });
  await takeTurn(turns, 1, { kind: 'Turn', backup: 'b', at, restore: 'r' });
  await beat(state, clock, {});
  await noteTokenUse(state, token, clock.now());
  const read = async () => ({
    installation: (await installationRecord(state, context)).id,
    request: await findRequest(state, run),
    again: await createRequest(state, request),
    progress: (await findProgress(store))?.message,
    cancelled: await cancelledBy(store),
    permit: await holderOf(state, 'b', (await listPermits(state, 'b')).permits[0]!),
    result: await findResult(state, run),
    alarm: await findAlarm(state, subject),
    reason: await markReason(state, 'holds', place),
    deletion: await findDeletion(state, place),
    uncopied: await listUncopied(state),
    hint: await readHint(state, 'x'),
    answer: await claimCall(state, call, 'n'),
    notice: await findNotice(state, '0'.repeat(32)),
    turn: await lastTurn(turns),
    used: await lastTokenUse(state, token),
  });
  return { context, bucket, read };
}

/** Documents by their keys; what holds nothing is told by its name alone. */
function documents(bucket: MemoryBucket): [string, Record<string, unknown>][] {
  return [...bucket.objects].flatMap(([key, { body }]) =>
    body.length === 0 ? [] : [[key, JSON.parse(body.toString())] as [string, Record<string, unknown>]],
  );
}

function rewrite(bucket: MemoryBucket, key: string, edit: (document: Record<string, unknown>) => unknown) {
  const stored = bucket.objects.get(key)!;
  stored.body = Buffer.from(JSON.stringify(edit(JSON.parse(stored.body.toString()))));
}

describe('The documents of the state', () => {
  it('carry their format, each of them', async () => {
    const { bucket } = await everyDocument();
    const found = documents(bucket);
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(([, { format }]) => format !== 1).map(([key]) => key)).toEqual([]);
  });

  it('are read without one as those of an earlier release, which wrote none', async () => {
    const { bucket, read } = await everyDocument();
    const before = await read();
    for (const [key, { format: _, value, ...rest }] of documents(bucket)) {
      const isHint = key.startsWith('state/hints/x');
      bucket.objects.get(key)!.body = Buffer.from(
        JSON.stringify(isHint ? value : { ...rest, ...(value !== undefined && { value }) }),
      );
    }
    expect(await read()).toEqual(before);
    expect(before.again).toMatchObject({ created: false });
    expect(before.hint).toEqual({ format: 'a schedule of this name' });
  });

  it.each([
    'installation.json',
    'turns/r/0/0000000001.json',
    'deletions/main/shop-1/requested.json',
    `notices/${'0'.repeat(32)}.json`,
  ])('of a newer release are not guessed at: %s', async (key) => {
    const { bucket, context, read } = await everyDocument();
    await read();
    rewrite(bucket, `state/${key}`, (document) => ({ ...document, format: 7 }));
    const { state } = context;
    const readers: Record<string, () => Promise<unknown>> = {
      installation: () => installationRecord(state, context),
      turns: () => lastTurn(state.at('turns/r/0/')),
      deletions: () => findDeletion(state, place),
      notices: () => findNotice(state, '0'.repeat(32)),
    };
    await expect(readers[key.split(/[./]/)[0]!]!()).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(
        `${key.split('/').at(-1)} was written by a newer release of Lifeboat: it has format 7`,
      ),
      hint: 'update Lifeboat',
    });
  });

  it.each([0, -1, 1.5, '1', null])('with a format that does not exist are refused: %j', async (format) => {
    const { bucket, context } = await everyDocument();
    rewrite(bucket, 'state/installation.json', (document) => ({ ...document, format }));
    await expect(installationRecord(context.state, context)).rejects.toThrow('a format that does not exist');
  });

  it('that are manifests of a newer release are reported, and stop no other', async () => {
    const { context } = setUp();
    const { schedules } = openState(context.state);
    const { metadata, ...rest } = aSchedule();
    for (const name of ['new', 'old']) await schedules.create({ ...rest, metadata: { ...metadata, name } });
    await context.state.put(
      'schedules/new.json',
      Buffer.from(JSON.stringify({ ...rest, metadata: { ...metadata, name: 'new' }, format: 2 })),
    );
    const { items, unreadable } = await schedules.list();
    expect(items.map((one) => one.metadata.name)).toEqual(['old']);
    expect(unreadable).toEqual([{ name: 'new', reason: expect.stringContaining('format') }]);
  });

  it('that are permits of a newer release are not counted, and waited for by nobody', async () => {
    const { context, bucket } = setUp();
    const asking = { ...context, runsPerCluster: 1 };
    await requestRun(asking, request);
    const [key] = bucket.keys().filter((one) => one.includes('/permits/'));
    rewrite(bucket, key!, (document) => ({ ...document, format: 2 }));
    const second = { ...request, metadata: { name: 'shop-2' } };
    expect(await requestRun(asking, second)).toMatchObject({ started: true });
  });

  it('that are caches, alarms or progress of a newer release count as none', async () => {
    const { bucket, context } = await everyDocument();
    for (const key of ['hints/x.json', 'alarms/ticks.json', 'runs/backups/shop-1/progress.json'])
      rewrite(bucket, `state/${key}`, (document) => ({ ...document, format: 2 }));
    expect(await readHint(context.state, 'x')).toBeUndefined();
    expect(await findAlarm(context.state, subject)).toBeUndefined();
    expect(await findProgress(runStore(context.state, run))).toBeUndefined();
  });
});

describe('A run of a newer release', () => {
  const key = 'state/runs/backups/shop-1/request.json';
  const newer = (document: Record<string, unknown>) => ({ ...document, format: 2, unknown: { field: true } });

  it('ends as failed, says why, and holds nothing up', async () => {
    const { context, bucket, clock } = setUp();
    await requestRun(context, request);
    rewrite(bucket, key, newer);
    await clock.advance(3 * minute);
    expect((await restartOpenRuns(context)).outcomes['gave-up']).toBe(1);
    expect(await findResult(context.state, run)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('a newer release of Lifeboat: it has format 2, and this one reads 1'),
    });
    expect(bucket.keys()).not.toContain('state/open/backups/shop-1');
  });

  it('that is committed is left to that release for the time of ten starts, without a worker, and ends then', async () => {
    const { context, bucket, clock, sent } = setUp();
    await requestRun(context, request);
    await runStore(context.state, run).create('commit.json', Buffer.from('{"format":2}'));
    rewrite(bucket, key, newer);
    let hours = 0;
    for (; !(await findResult(context.state, run)) && hours < 48; hours++) {
      await clock.advance(60 * minute);
      await restartOpenRuns(context);
    }
    expect(sent).toHaveLength(1);
    expect(hours).toBe(10);
    expect(await findResult(context.state, run)).toMatchObject({
      phase: 'Failed',
      reason: expect.stringContaining('newer release'),
    });
    expect(bucket.keys()).not.toContain('state/open/backups/shop-1');
  });

  it('is left alone for as long as a worker is at it', async () => {
    const { context, bucket, clock } = setUp();
    await requestRun(context, request);
    await clock.advance(3 * minute);
    const lease = await takeLease(runStore(context.state, run), context);
    rewrite(bucket, key, newer);
    expect((await restartOpenRuns(context)).outcomes).toMatchObject({ waiting: 1, 'gave-up': 0 });
    lease!.release();
    await clock.advance(4 * minute);
    expect((await restartOpenRuns(context)).outcomes['gave-up']).toBe(1);
  });

  it('is cancelled by a cancellation that cannot be read', async () => {
    const { context, bucket } = setUp();
    await requestRun(context, request);
    await cancelRun({ ...context, asksOnly: true }, run);
    rewrite(bucket, 'state/runs/backups/shop-1/cancel.json', (document) => ({
      ...document,
      format: 2,
      by: [],
    }));
    expect(await endCancelled(context, run)).toBe(true);
    expect(await findResult(context.state, run)).toMatchObject({ cancelled: true });
  });

  it.each([
    ['Completed', 'Completed'],
    ['FinalizedInPart', 'Failed'],
  ])('that has ended has ended: %s', async (phase, shown) => {
    const { context, bucket } = setUp();
    await requestRun(context, request);
    await finishRun(context.state, run, completed);
    rewrite(bucket, 'state/runs/backups/shop-1/result.json', () => ({ kind: 'Outcome', format: 3, phase }));
    expect(await findResult(context.state, run)).toMatchObject({
      phase: shown,
      reason: expect.stringContaining('newer release'),
    });
  });
});
