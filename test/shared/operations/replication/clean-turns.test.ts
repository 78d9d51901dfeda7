import { describe, expect, it } from '@jest/globals';
import { cleanTurns } from '../../../../shared/operations/replication/clean-turns';
import { lastTurn, takeTurn, turnsOf } from '../../../../shared/formats/state/replication-turns';
import { minute, setUp } from '../runs/fixtures';
import { rule } from './rules';

const day = 24 * 60 * minute;
const standby = rule('standby', 'a', ['b', 'c']);
const gone = rule('gone', 'a', ['b']);

/** Two turns of each rule and target; `days` have passed since. */
async function turnsTaken(days: number) {
  const rig = setUp();
  const { state } = rig.context;
  const places = [turnsOf(state, standby, 'b'), turnsOf(state, standby, 'c'), turnsOf(state, gone, 'b')];
  for (const turns of places)
    for (const n of [1, 2])
      await takeTurn(turns, n, {
        kind: 'Turn',
        backup: `shop-${n}`,
        at: '2026-11-22T10:00:00Z',
        restore: `r-${n}`,
      });
  rig.clock.freeze(days * day);
  const left = async () => Promise.all(places.map(async (turns) => (await lastTurn(turns))?.n));
  return { ...rig, state, left };
}

describe('turns', () => {
  it('of a rule that was deleted, or lost a target, go after 35 days; those of a rule that stands never do', async () => {
    const { state, left } = await turnsTaken(36);
    expect(await cleanTurns(state, { items: [rule('standby', 'a', ['b'])], unreadable: [] })).toBe(4);
    expect(await left()).toEqual([2, undefined, undefined]);
  });

  it.each([
    ['that were taken of late', 34, [standby], []],
    ['of a rule that cannot be read', 36, [standby], [{ name: 'gone', reason: 'x' }]],
  ])('%s stay', async (_, days, items, unreadable) => {
    const { state, left } = await turnsTaken(days);
    expect(await cleanTurns(state, { items, unreadable })).toBe(0);
    expect(await left()).toEqual([2, 2, 2]);
  });

  it('are looked at once a day', async () => {
    const { state, clock, bucket } = await turnsTaken(0);
    let requests = 0;
    bucket.before = () => {
      requests += 1;
    };
    const look = () => cleanTurns(state, { items: [standby], unreadable: [] });
    await look();
    requests = 0;
    clock.freeze(day - minute);
    await look();
    expect(requests).toBe(1);
    clock.freeze(35 * day);
    expect(await look()).toBe(2);
  });
});
