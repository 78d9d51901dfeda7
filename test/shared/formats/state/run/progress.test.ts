import { describe, expect, it } from '@jest/globals';
import { findProgress, progressWriter } from '../../../../../shared/formats/state/run/progress';
import { FakeClock } from '../../../../harness/fake-clock';
import { MemoryBucket } from '../../../../harness/memory-bucket';

describe('the progress of a run', () => {
  it('is written at once, then at most every two seconds, and its last word is never lost', async () => {
    const clock = new FakeClock();
    const store = new MemoryBucket(clock).store('runs/restores/r/');
    const { report } = progressWriter(store, clock);
    const seen = async () => (await findProgress(store))?.phase;

    report({ phase: 'Checking', done: 0 });
    await clock.advance(10);
    expect(await seen()).toBe('Checking');

    report({ phase: 'Applying', done: 1 });
    report({ phase: 'Waiting', done: 2, message: 'a finalizer holds namespace shop' });
    await clock.advance(10);
    expect(await seen()).toBe('Checking');
    await clock.advance(2_000);
    expect(await seen()).toBe('Waiting');
  });

  it('is written out when the run ends, however soon', async () => {
    const clock = new FakeClock();
    const store = new MemoryBucket(clock).store('runs/restores/r/');
    const { report, flush } = progressWriter(store, clock);
    report({ phase: 'Checking', done: 0 });
    report({ phase: 'Applying', done: 1 });
    await flush();
    expect((await findProgress(store))?.phase).toBe('Applying');
  });

  it('says how much time is left once it knows the total and the rate', async () => {
    const clock = new FakeClock();
    const store = new MemoryBucket(clock).store('runs/restores/r/');
    const { report, flush } = progressWriter(store, clock);
    report({ phase: 'Applying', done: 100, total: 400 });
    await clock.advance(10_000);
    report({ phase: 'Applying', done: 200, total: 400 });
    await flush();
    expect(await findProgress(store)).toMatchObject({ done: 200, total: 400, secondsLeft: 20 });
    expect(await findProgress(store)).not.toHaveProperty('estimated');
  });

  it('takes the count of an earlier run for a total, and never less than is done', async () => {
    const clock = new FakeClock();
    const store = new MemoryBucket(clock).store('runs/backups/b/');
    const { report, flush } = progressWriter(store, clock, { expected: 1_000 });
    report({ phase: 'InProgress', done: 0 });
    await clock.advance(4_000);
    report({ phase: 'InProgress', done: 250 });
    await flush();
    expect(await findProgress(store)).toMatchObject({ total: 1_000, estimated: true, secondsLeft: 12 });
    report({ phase: 'InProgress', done: 1_200 });
    await flush();
    expect(await findProgress(store)).toMatchObject({ done: 1_200, total: 1_200, secondsLeft: 0 });
  });
});
