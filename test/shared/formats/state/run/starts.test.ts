import { describe, expect, it } from '@jest/globals';
import { taskId } from '../../../../../shared/formats/state/run-keys';
import type { RunRecord } from '../../../../../shared/formats/state/run-record';
import { claimStart, nextStep } from '../../../../../shared/formats/state/run/starts';
import { FakeClock } from '../../../../harness/fake-clock';
import { MemoryBucket } from '../../../../harness/memory-bucket';

const minute = 60_000;
const run = { kind: 'backups', name: 'shop-1' } as const;

function record(known: Partial<RunRecord>): RunRecord {
  return {
    requested: true,
    requestAge: 0,
    committed: false,
    finished: false,
    cancelled: false,
    starts: 0,
    startAge: Number.POSITIVE_INFINITY,
    leases: 0,
    leaseAge: Number.POSITIVE_INFINITY,
    touches: false,
    pauses: 0,
    ...known,
  };
}

describe('the next step of a run', () => {
  it.each<[string, Partial<RunRecord>, number, object]>([
    ['is the first start when it was never started', {}, 0, { do: 'start', k: 1 }],
    [
      'is nothing while somebody holds the lease',
      { starts: 1, startAge: 60 * minute, leases: 9, leaseAge: 179_999 },
      0,
      { do: 'wait' },
    ],
    [
      'is the next start once the lease is old',
      { starts: 1, startAge: 60 * minute, leases: 9, leaseAge: 180_000 },
      0,
      { do: 'start', k: 2 },
    ],
    ['waits 2 minutes after the first start', { starts: 1, startAge: 2 * minute - 1 }, 0, { do: 'wait' }],
    ['comes 2 minutes after the first start', { starts: 1, startAge: 2 * minute }, 0, { do: 'start', k: 2 }],
    ['waits 32 minutes after the fifth', { starts: 5, startAge: 32 * minute - 1 }, 0, { do: 'wait' }],
    ['never waits more than an hour', { starts: 9, startAge: 60 * minute }, 0, { do: 'start', k: 10 }],
    ['ends it after ten starts', { starts: 10, startAge: 60 * minute }, 0, { do: 'give-up' }],
    [
      'does not end it while the tenth may still live',
      { starts: 10, startAge: 59 * minute },
      0,
      { do: 'wait' },
    ],
    [
      'starts a committed one for ever: only the replay is missing',
      { starts: 10, startAge: 60 * minute, committed: true },
      0,
      { do: 'start', k: 11 },
    ],
    [
      'is nothing while a pause lasts',
      {
        starts: 3,
        startAge: 0,
        leases: 4,
        leaseAge: 0,
        pause: { lease: 4, start: 3, seconds: 60, age: 59_999 },
      },
      0,
      { do: 'wait' },
    ],
    [
      'comes at the end of a pause, however young the last start and the lease that was given back',
      {
        starts: 3,
        startAge: 0,
        leases: 4,
        leaseAge: 0,
        pause: { lease: 4, start: 3, seconds: 60, age: 60_000 },
      },
      0,
      { do: 'start', k: 4 },
    ],
    [
      'is nothing while a later lease is held',
      {
        starts: 4,
        startAge: 0,
        leases: 5,
        leaseAge: 0,
        pause: { lease: 4, start: 3, seconds: 60, age: 90_000 },
      },
      0,
      { do: 'wait' },
    ],
    [
      'counts the starts after a pause alone: 100 pauses are no hundred attempts',
      { starts: 101, startAge: 2 * minute, pause: { lease: 200, start: 100, seconds: 60, age: 5 * minute } },
      0,
      { do: 'start', k: 102 },
    ],
    [
      'gives up ten starts after the last pause',
      {
        starts: 110,
        startAge: 60 * minute,
        pause: { lease: 200, start: 100, seconds: 60, age: 600 * minute },
      },
      0,
      { do: 'give-up' },
    ],
    [
      'lets three more starts clear up what may be left in the cluster',
      { starts: 10, startAge: 60 * minute, touches: true },
      0,
      { do: 'start', k: 11 },
    ],
    ['and then gives up', { starts: 13, startAge: 60 * minute, touches: true }, 0, { do: 'give-up' }],
    ['ends a cancelled one that left nothing', { starts: 1, cancelled: true }, 0, { do: 'cancel' }],
    [
      'has a worker clear up after a cancelled one, in the middle of a pause',
      {
        starts: 3,
        startAge: 0,
        leases: 4,
        leaseAge: 0,
        cancelled: true,
        touches: true,
        pause: { lease: 4, start: 3, seconds: 300, age: 0 },
      },
      0,
      { do: 'start', k: 4 },
    ],
    ['closes a finished one', { finished: true, starts: 1 }, 0, { do: 'close' }],
    ['waits for the request of one just opened', { requested: false }, 24 * 60 * minute, { do: 'wait' }],
    [
      'forgets one that was opened and never asked for',
      { requested: false },
      26 * 60 * minute,
      { do: 'forget' },
    ],
  ])('%s', (_, known, openAge, step) => {
    expect(nextStep(record(known), openAge)).toEqual(step);
  });
});

describe('a start', () => {
  it('is made by one of those that want it', async () => {
    const state = new MemoryBucket(new FakeClock()).store();
    const claims = await Promise.all(['tick', 'api', 'tick 2'].map((by) => claimStart(state, run, 1, by)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('has a task id that is the same for everyone, and another for every start, run and installation', () => {
    const ids = [
      taskId('i1', run, 1),
      taskId('i1', run, 2),
      taskId('i2', run, 1),
      taskId('i1', { kind: 'backups', name: 'shop-11' }, 1),
      taskId('i1', { kind: 'restores', name: 'shop-1' }, 1),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(taskId('i1', run, 1)).toBe(ids[0]);
    expect(ids[0]).toMatch(/^b_[0-9a-f]{32}$/);
    expect(ids[4]).toMatch(/^r_[0-9a-f]{32}$/);
  });
});
