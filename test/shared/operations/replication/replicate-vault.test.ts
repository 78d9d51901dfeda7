import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { replicatedRestoreName } from '../../../../shared/platform/input/names';
import type { RestoreRequest, RunResult } from '../../../../shared/formats/manifests/run';
import { replicateVault } from '../../../../shared/operations/replication/replicate-vault';
import { ruleLag, ruleStatus } from '../../../../shared/operations/replication/rule-status';
import type { VaultBackup } from '../../../../shared/operations/replication/vault-backup';
import { openRuns } from '../../../../shared/formats/state/run/open-runs';
import { takeTurn, turnsOf } from '../../../../shared/formats/state/replication-turns';
import { createRequest, findRequest } from '../../../../shared/formats/state/run/requests';
import { finishRun } from '../../../../shared/formats/state/run/results';
import { completed, setUp } from '../runs/fixtures';
import { backup, rule } from './rules';

const uids = new Map([
  ['a', 'uid-a'],
  ['b', 'uid-b'],
]);
const standby = rule('standby', 'a', ['b']);
/** The n-th backup: as of n minutes past ten. */
const nth = (n: number) =>
  backup(`shop-${n}`, { at: new Date(Date.UTC(2026, 10, 22, 10, n)).toISOString().replace('.000', '') });

type Setup = ReturnType<typeof setUp>;

function look({ context }: Setup, backups: VaultBackup[], rules = [standby]) {
  return replicateVault({ context, rules, vaultName: 'main', backups, uids });
}

/** Backups whose restores are open, oldest name first. */
async function openBackups({ context }: Setup): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of openRuns(context.state, 'restores')) {
    const request = await findRequest(context.state, { kind: 'restores', name });
    // Opened, and not asked for yet: whoever did so died in between.
    if (request) names.push((request as RestoreRequest).spec.backupName);
  }
  return names.sort();
}

async function finishAll(rig: Setup, result: Partial<RunResult> = {}): Promise<void> {
  const open: string[] = [];
  for await (const { name } of openRuns(rig.context.state, 'restores')) open.push(name);
  for (const name of open) {
    await finishRun(rig.context.state, { kind: 'restores', name }, { ...completed, counts: {}, ...result });
  }
}

describe('the rules of a vault', () => {
  it('ask for the restore of the newest backup, once, into each target', async () => {
    const rig = setUp();
    const rules = [rule('standby', 'a', ['b', 'c']), rule('other', 'x', ['b'])];
    const first = await Promise.all([1, 2].map(() => look(rig, [nth(2), nth(1)], rules)));
    await look(rig, [nth(2), nth(1)], rules);
    expect(rig.sent).toHaveLength(2);
    expect(await openBackups(rig)).toEqual(['shop-2', 'shop-2']);
    expect(first[0]!.map(({ replication, target }) => [replication, target])).toEqual([
      ['standby', 'b'],
      ['standby', 'c'],
      ['other', 'b'],
    ]);
  });

  it('ask again for a restore that failed, after 1, 2, 4 … hours, while no newer backup is there', async () => {
    const rig = setUp();
    const { state } = rig.context;
    const hour = 3_600_000;
    const names = new Set<string>();
    const asked: number[] = [];
    const fail = () =>
      finishAll(rig, { phase: 'Failed', completionTimestamp: rig.clock.now().toISOString() });
    for (let hours = 0; hours <= 16; hours += 1) {
      await look(rig, [nth(1)]);
      for await (const { name } of openRuns(state, 'restores')) {
        names.add(name);
        asked.push(hours);
        expect(await findRequest(state, { kind: 'restores', name })).toMatchObject({
          replication: 'standby',
          spec: { backupName: 'shop-1' },
        });
      }
      await fail();
      await rig.clock.advance(hour);
    }
    expect(asked).toEqual([0, 1, 3, 7, 15]);
    expect(names.size).toBe(5);
    await look(rig, [nth(2), nth(1)]);
    expect(await openBackups(rig)).toEqual(['shop-2']);
    await finishAll(rig);
    await rig.clock.advance(30 * hour);
    await look(rig, [nth(2), nth(1)]);
    expect(await openBackups(rig)).toEqual([]);
  });

  it('ask again under the same name where who took the turn of a repeated restore died before asking', async () => {
    const rig = setUp();
    const restore = replicatedRestoreName('standby', 'main', 'shop-1', 'b', 2);
    const turn = { kind: 'Turn' as const, backup: 'shop-1', at: nth(1).at, restore };
    await takeTurn(turnsOf(rig.context.state, standby, 'b'), 2, turn);
    expect(await look(rig, [nth(1)])).toMatchObject([{ restore }]);
    expect(await openBackups(rig)).toEqual(['shop-1']);
  });

  it('do not ask again for a restore that a person cancelled', async () => {
    const rig = setUp();
    await look(rig, [nth(1)]);
    await finishAll(rig, { phase: 'Failed', cancelled: true });
    await rig.clock.advance(48 * 3_600_000);
    await look(rig, [nth(1)]);
    expect(await openBackups(rig)).toEqual([]);
  });

  it('make restores that say where they come from', async () => {
    const rig = setUp();
    const mirror = rule('standby', 'a', ['b'], { policy: 'mirror', namespaceMapping: { shop: 'copy' } });
    const [{ restore } = {}] = await look(rig, [nth(1)], [mirror]);
    expect(await findRequest(rig.context.state, { kind: 'restores', name: restore! })).toMatchObject({
      cluster: 'b',
      vault: 'main',
      replication: 'standby',
      spec: { backupName: 'shop-1', namespaceMapping: { shop: 'copy' }, existingResourcePolicy: 'update' },
      metadata: { annotations: { 'lifeboat/origin-cluster': 'a', 'lifeboat/origin-installation': 'i1' } },
    });
  });

  it('fail where another request has the name of a restore, count no equality from it, and go on with the next', async () => {
    const rig = setUp();
    const { state } = rig.context;
    const restore = replicatedRestoreName('standby', 'main', 'shop-1', 'b');
    const mine = { cluster: 'c', vault: 'main', spec: { backupName: 'shop-1' } };
    await createRequest(state, { kind: 'RestoreRequest', metadata: { name: restore }, ...mine });
    await finishAll(rig);
    for (let times = 0; times < 2; times += 1) {
      const [done] = await look(rig, [nth(1)]);
      expect(done).toEqual({
        replication: 'standby',
        target: 'b',
        taken: 'shop-1',
        skipped: expect.stringContaining(
          `backup shop-1 is not replicated: another request has the name "${restore}"`,
        ),
      });
    }
    const [next] = await look(rig, [nth(2), nth(1)]);
    expect(await findRequest(state, { kind: 'restores', name: next!.restore! })).toMatchObject({
      replication: 'standby',
      spec: { backupName: 'shop-2' },
    });
  });

  it.each([
    ['another rule', { replication: 'other' }],
    ['no rule', { replication: undefined }],
    ['another cluster', { cluster: 'c' }],
    ['another vault', { vault: 'second' }],
    ['another backup', { spec: { backupName: 'shop-0' } }],
  ])('believe no turn whose restore is of %s', async (_, foreign) => {
    const rig = setUp();
    const { state } = rig.context;
    const restore = replicatedRestoreName('standby', 'main', 'shop-1', 'b');
    const own = { cluster: 'b', vault: 'main', replication: 'standby', spec: { backupName: 'shop-1' } };
    const request = { kind: 'RestoreRequest' as const, metadata: { name: restore }, ...own, ...foreign };
    // The turn was taken, and the name was gone before its restore was asked for.
    await takeTurn(turnsOf(state, standby, 'b'), 1, {
      kind: 'Turn',
      backup: 'shop-1',
      at: nth(1).at,
      restore,
    });
    await createRequest(state, JSON.parse(JSON.stringify(request)));
    await finishAll(rig);
    expect(await look(rig, [nth(1)])).toMatchObject([{ taken: 'shop-1' }]);
    const status = await ruleStatus(state, standby, new Date('2026-11-22T11:00:00Z'));
    expect(status).toEqual([
      {
        target: 'b',
        last: expect.objectContaining({
          phase: 'Failed',
          reason: expect.stringContaining('another request'),
        }),
      },
    ]);
    expect(await look(rig, [nth(2), nth(1)])).toMatchObject([{ restore: expect.any(String) }]);
  });

  it('wait for a restore to end, then go on with the newest and pass over those between', async () => {
    const rig = setUp();
    await look(rig, [nth(1)]);
    expect(await look(rig, [nth(1), nth(2)])).toMatchObject([
      { skipped: 'the restore of shop-1 is not finished' },
    ]);
    await look(rig, [nth(3), nth(2), nth(1)]);
    expect(await openBackups(rig)).toEqual(['shop-1']);
    await finishAll(rig);
    await look(rig, [nth(3), nth(2), nth(1)]);
    expect(await openBackups(rig)).toEqual(['shop-3']);
    await finishAll(rig);
    expect(await look(rig, [nth(3), nth(2)])).toMatchObject([{ skipped: 'there is no newer backup' }]);
  });

  it('do nothing while paused, and never restore a cluster into itself', async () => {
    const rig = setUp();
    expect(await look(rig, [nth(1)], [rule('standby', 'a', ['b'], { paused: true })])).toMatchObject([
      { skipped: 'the rule is paused' },
    ]);
    const twin = new Map([...uids, ['twin', 'uid-a']]);
    const { context } = rig;
    const rules = [rule('standby', 'a', ['twin'])];
    expect(
      await replicateVault({ context, rules, vaultName: 'main', backups: [nth(1)], uids: twin }),
    ).toMatchObject([{ skipped: 'no backup of the vault is for this rule' }]);
    expect(rig.sent).toEqual([]);
  });

  it('ask again where the one who took the turn died before asking', async () => {
    const rig = setUp();
    let dies = true;
    rig.bucket.before = (operation, key) => {
      if (dies && operation === 'put' && key.includes('/open/')) throw new Error('killed');
    };
    expect(await look(rig, [nth(1)])).toMatchObject([{ skipped: 'killed' }]);
    expect(rig.bucket.keys().filter((key) => key.includes('/turns/'))).toHaveLength(1);
    dies = false;
    await look(rig, [nth(2), nth(1)]);
    expect(await openBackups(rig)).toEqual(['shop-1']);
  });

  it('do not restore again what was restored so long ago that its run is gone', async () => {
    const rig = setUp();
    await look(rig, [nth(1)]);
    await finishAll(rig);
    for (const key of rig.bucket.keys()) if (key.includes('/runs/restores/')) rig.bucket.objects.delete(key);
    await rig.clock.advance(36 * 86_400_000);
    await look(rig, [nth(1)]);
    expect(await openBackups(rig)).toEqual([]);
  });

  it('forget turns that are long over, and never the newest', async () => {
    const rig = setUp();
    for (const n of [1, 2, 3]) {
      await look(rig, [nth(n)]);
      await finishAll(rig);
      await rig.clock.advance(20 * 86_400_000);
    }
    const left = rig.bucket.keys().filter((key) => key.includes('/turns/'));
    expect(left.map((key) => Number(key.slice(-15, -5)))).toEqual([2, 3]);
  });

  it('let one rule fail without the others', async () => {
    const rig = setUp();
    await turnsOf(rig.context.state, standby, 'b').put('0000000001.json', Buffer.from('{'));
    const done = await look(rig, [nth(1)], [standby, rule('second', 'a', ['b'])]);
    expect(done).toMatchObject([
      { replication: 'standby' },
      { replication: 'second', restore: expect.any(String) },
    ]);
    expect(done[0]!.restore).toBeUndefined();
  });
});

describe('the status of a rule', () => {
  it('says that nobody requested a restore yet where who took its turn died before that', async () => {
    const rig = setUp();
    const restore = replicatedRestoreName('standby', 'main', 'shop-1', 'b');
    const turn = { kind: 'Turn' as const, backup: 'shop-1', at: nth(1).at, restore };
    await takeTurn(turnsOf(rig.context.state, standby, 'b'), 1, turn);
    const status = () => ruleStatus(rig.context.state, standby, new Date('2026-11-22T11:00:00Z'));
    expect(await status()).toMatchObject([
      { last: { restore, phase: 'New', reason: expect.stringContaining('not requested yet') } },
    ]);
    await look(rig, [nth(1)]);
    expect(await status()).toMatchObject([{ last: { restore, phase: 'InProgress' } }]);
  });
});

describe('the lag of a rule', () => {
  const lag = async (rig: Setup) => {
    const [status] = await ruleStatus(rig.context.state, standby, new Date('2026-11-22T11:00:00Z'));
    return { phase: status!.last?.phase, equal: status!.equal?.backup, lag: status!.lagSeconds };
  };

  it('is the age of the newest backup with which every object was found equal', async () => {
    const rig = setUp();
    expect(await lag(rig)).toEqual({});
    await look(rig, [nth(1)]);
    expect(await lag(rig)).toEqual({ phase: 'InProgress' });
    await finishAll(rig, { counts: { created: 3, same: 1, skipped: 2 } });
    expect(await lag(rig)).toEqual({ phase: 'Completed', equal: 'shop-1', lag: 59 * 60 });
    for (const [n, counts] of [
      [2, { different: 1 }],
      [3, { failed: 1 }],
    ] as const) {
      await look(rig, [nth(n)]);
      await finishAll(rig, { counts });
      expect(await lag(rig)).toMatchObject({ equal: 'shop-1' });
    }
    await look(rig, [nth(4)]);
    await finishAll(rig, { phase: 'PartiallyFailed', errors: 1 });
    expect(await lag(rig)).toEqual({ phase: 'PartiallyFailed', equal: 'shop-1', lag: 59 * 60 });
    await look(rig, [nth(5)]);
    await finishAll(rig);
    expect(await lag(rig)).toMatchObject({ equal: 'shop-5', lag: 55 * 60 });
  });

  it('of several targets is the largest, and unknown while one was never equal', () => {
    expect(
      ruleLag([
        { target: 'b', lagSeconds: 5 },
        { target: 'c', lagSeconds: 9 },
      ]),
    ).toBe(9);
    expect(ruleLag([{ target: 'b', lagSeconds: 5 }, { target: 'c' }])).toBeUndefined();
  });
});

/** What may happen, in any order and any number of times. */
const events = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ does: fc.constant('land' as const), n: fc.integer({ min: 1, max: 30 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        does: fc.constant('look' as const),
        stale: fc.boolean(),
        times: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('finish' as const), fails: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('die' as const) }) },
  ),
  { minLength: 5, maxLength: 40 },
);

describe('whatever the order of events, however many of them, and whoever dies', () => {
  it('restores run one at a time, each newer than the one before, each once, and the newest comes in the end', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (history) => {
        const rig = setUp();
        const vault: VaultBackup[] = [];
        let earlier: VaultBackup[] = [];
        const order: string[] = [];
        const note = async () => {
          const open = await openBackups(rig);
          expect(open.length).toBeLessThanOrEqual(1);
          if (open[0] !== undefined && order.at(-1) !== open[0]) order.push(open[0]);
        };
        for (const event of history) {
          if (event.does === 'land') {
            if (!vault.some(({ name }) => name === nth(event.n).name)) vault.push(nth(event.n));
          } else if (event.does === 'look') {
            // Those who look at once may have seen the vault at different times.
            const seen = event.stale ? earlier : vault;
            await Promise.all(
              Array.from({ length: event.times }, (_, i) => look(rig, i === 0 ? [...vault] : [...seen])),
            );
            earlier = [...vault];
          } else if (event.does === 'finish') {
            await finishAll(rig, event.fails ? { phase: 'Failed', errors: 1 } : {});
          } else {
            let count = 0;
            const at = order.length % 4;
            rig.bucket.before = () => {
              if (count++ >= at + 3) throw new Error('killed');
            };
            await look(rig, [...vault]).catch(() => {});
            rig.bucket.before = () => {};
          }
          await note();
        }
        for (let i = 0; i < 3; i += 1) {
          await look(rig, [...vault]);
          await note();
          await finishAll(rig);
        }
        expect(new Set(order).size).toBe(order.length);
        const numbers = order.map((name) => Number(name.slice(5)));
        expect(numbers).toEqual([...numbers].sort((left, right) => left - right));
        const newest = Math.max(0, ...vault.map(({ name }) => Number(name.slice(5))));
        expect(numbers.at(-1) ?? 0).toBe(newest);
      }),
      { numRuns: 60 },
    );
  });
});
