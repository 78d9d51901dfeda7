import { describe, expect, it } from '@jest/globals';
import { writeAudit } from '../../../../../shared/formats/state/audit';
import { readHint, writeHint } from '../../../../../shared/formats/state/hints';
import { openRuns } from '../../../../../shared/formats/state/run/open-runs';
import { findProgress, progressWriter } from '../../../../../shared/formats/state/run/progress';
import { createRequest } from '../../../../../shared/formats/state/run/requests';
import { findResult, finishRun } from '../../../../../shared/formats/state/run/results';
import { runStore } from '../../../../../shared/formats/state/run-keys';
import { listRuns } from '../../../../../shared/formats/state/run/runs';
import { completed, request, run, setUp } from '../../../operations/runs/fixtures';

describe('a result', () => {
  it('is the first of two that are written at once, for everyone', async () => {
    const { context } = setUp();
    await createRequest(context.state, request);
    const failed = { ...completed, phase: 'Failed', reason: 'gave up' } as const;
    const [one, two] = await Promise.all([
      finishRun(context.state, run, completed),
      finishRun(context.state, run, failed),
    ]);
    expect(one).toEqual(two);
    expect(await findResult(context.state, run)).toEqual(one);
  });

  it('stands before the run is closed, so that a crash between the two forgets nothing', async () => {
    const { context, bucket } = setUp();
    await createRequest(context.state, request);
    bucket.before = (op) => {
      if (op === 'delete') throw new Error('killed');
    };
    await expect(finishRun(context.state, run, completed)).rejects.toThrow('killed');
    expect(await findResult(context.state, run)).toEqual(completed);
  });
});

describe('progress', () => {
  it('is written at most every two seconds, and the last of it at the end', async () => {
    const { context, clock, bucket } = setUp();
    const store = runStore(context.state, run);
    let writes = 0;
    bucket.after = (op) => {
      if (op === 'put') writes += 1;
    };
    const progress = progressWriter(store, clock);
    for (let done = 0; done < 100; done += 1) {
      progress.report({ phase: 'Capturing', done });
      await clock.advance(100);
    }
    // At 0, 2, 4, 6, 8 and 10 seconds.
    expect(writes).toBe(6);
    await progress.flush();
    expect(await findProgress(store)).toMatchObject({ phase: 'Capturing', done: 99 });
  });

  it('never fails a run, and counts as absent when it cannot be read', async () => {
    const { context, clock, bucket } = setUp();
    const store = runStore(context.state, run);
    bucket.before = (op) => {
      if (op === 'put') throw new Error('no answer');
    };
    const progress = progressWriter(store, clock);
    progress.report({ phase: 'Capturing', done: 1 });
    await progress.flush();
    bucket.before = () => {};
    await store.put('progress.json', Buffer.from('{"phase":'));
    expect(await findProgress(store)).toBeUndefined();
  });
});

describe('the lists', () => {
  it('of runs pass over one that cannot be read, and report it', async () => {
    const { context } = setUp();
    await createRequest(context.state, request);
    await context.state.put('runs/backups/broken/request.json', Buffer.from('{'));
    const { items, unreadable } = await listRuns(context.state, 'backups');
    expect(items.map(({ name, phase }) => [name, phase])).toEqual([['shop-1', 'New']]);
    expect(unreadable.map(({ name }) => name)).toEqual(['broken']);
  });

  it('of open runs tell how long each is open, by the clock of OSS', async () => {
    const { context, clock } = setUp();
    await createRequest(context.state, request);
    clock.freeze(90_000);
    const open = [];
    for await (const each of openRuns(context.state)) open.push(each);
    expect(open).toEqual([{ ...run, age: 90_000 }]);
  });
});

describe('hints and the audit log', () => {
  it('are written by two at once without harm, and hints may be lost', async () => {
    const { context, bucket } = setUp();
    const entry = { action: 'create', what: 'vault', name: 'main', by: 'cli' };
    await Promise.all([1, 2].map(() => writeAudit(context.state, entry, context)));
    expect(bucket.keys().filter((key) => key.startsWith('state/audit/2026/11/22/'))).toHaveLength(2);
    await Promise.all([1, 2].map((n) => writeHint(context.state, 'slots', { n })));
    expect(await readHint(context.state, 'slots')).toHaveProperty('n');
    await context.state.put('hints/slots.json', Buffer.from('{'));
    expect(await readHint(context.state, 'slots')).toBeUndefined();
  });
});
