import { describe, expect, it } from '@jest/globals';
import type { BackupRequest, PlanRequest, RestoreRequest } from '../../../../shared/formats/manifests/run';
import { carryOutRun } from '../../../../shared/operations/runs/carry-out-run';
import { requestRun } from '../../../../shared/operations/runs/request-run';
import { restartOpenRuns } from '../../../../shared/operations/runs/restart-open-runs';
import { takeLease } from '../../../../shared/formats/state/leases/leases';
import { runStore } from '../../../../shared/formats/state/run-keys';
import { createRequest } from '../../../../shared/formats/state/run/requests';
import { findRun } from '../../../../shared/formats/state/run/runs';
import { completed, minute, request, setUp } from './fixtures';

const backup = (name: string, more: Partial<BackupRequest> = {}): BackupRequest => ({
  ...request,
  metadata: { name },
  spec: { includedNamespaces: [name] },
  ...more,
});
const restore = (name: string, spec: object = {}): RestoreRequest => ({
  kind: 'RestoreRequest',
  metadata: { name },
  cluster: 'a',
  vault: 'main',
  spec: { backupName: 'old', ...spec },
});
const backups = (name: string) => ({ kind: 'backups', name }) as const;
const restores = (name: string) => ({ kind: 'restores', name }) as const;

describe('the places of a cluster', () => {
  it('bear four runs at once; the fifth is started when one of them has ended, and loses no start by waiting', async () => {
    const { context, sent, clock } = setUp();
    for (const name of ['one', 'two', 'three', 'four', 'five']) await requestRun(context, backup(name));
    expect(sent).toHaveLength(4);
    expect(await findRun(context.state, backups('five'))).toMatchObject({
      phase: 'New',
      starts: 0,
      progress: { phase: 'Waiting', message: 'cluster a bears 4 runs at once, and 4 are at work' },
    });
    await carryOutRun(context, backups('two'), async () => completed);
    await clock.advance(1_000);
    expect((await restartOpenRuns(context)).outcomes).toMatchObject({ sent: 1, waiting: 3 });
    expect(await findRun(context.state, backups('five'))).toMatchObject({ starts: 1 });
  });

  it('are not taken by plans, of which a cluster bears two beside its runs, and which nobody waits for', async () => {
    const { context, sent } = setUp();
    const plan = (name: string): PlanRequest => ({ ...restore(name), kind: 'PlanRequest' });
    for (const name of ['p1', 'p2', 'p3']) await requestRun(context, plan(name));
    expect(sent).toHaveLength(2);
    expect(await findRun(context.state, { kind: 'plans', name: 'p3' })).toMatchObject({
      progress: { phase: 'Waiting', message: 'cluster a bears 2 plans at once, and 2 are at work' },
    });
    for (const name of ['one', 'two', 'three', 'four']) await requestRun(context, backup(name));
    expect(sent).toHaveLength(6);
    await requestRun(context, backup('five'));
    await carryOutRun(context, { kind: 'plans', name: 'p1' }, async () => completed);
    // The plan that waits is started, and no run for it.
    expect((await restartOpenRuns(context)).outcomes).toMatchObject({ sent: 1, held: 1 });
    expect(await findRun(context.state, { kind: 'plans', name: 'p3' })).toMatchObject({ starts: 1 });
  });

  it('are found by runs that come at the same moment, each its own, while there are places', async () => {
    const { context, sent } = setUp();
    await Promise.all(['one', 'two', 'three'].map((name) => requestRun(context, backup(name))));
    expect(sent).toHaveLength(3);
  });

  it.each([2, 4])('lose no start where %d ticks look at once', async (ticks) => {
    const { context, clock, bucket } = setUp();
    const names = Array.from({ length: 30 }, (_, n) => `b-${n}`);
    for (const name of names) await createRequest(context.state, backup(name));
    // Requests take from one to seven turns of the event loop, so that the ticks come between each other's.
    let asked = 0;
    bucket.before = async () => {
      asked += 1;
      for (let n = (asked * 7919) % 7; n >= 0; n -= 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const tickAll = () =>
      Promise.all(
        Array.from({ length: ticks }, (_, n) => restartOpenRuns({ ...context, holder: `tick-${n}` })),
      );
    await tickAll();
    const started = async () => {
      const runs = await Promise.all(names.map((name) => findRun(context.state, backups(name))));
      return runs.filter((run) => run !== undefined && run.starts > 0).map((run) => run!);
    };
    expect(await started()).toHaveLength(4);
    for (const { name } of await started()) await carryOutRun(context, backups(name), async () => completed);
    await clock.advance(minute);
    await tickAll();
    // Places that were freed are filled at once: nobody waits for a back-off.
    expect((await started()).filter(({ result }) => !result)).toHaveLength(4);
  });

  it('are those of one cluster alone', async () => {
    const { context, sent } = setUp();
    const narrow = { ...context, runsPerCluster: 1 };
    await requestRun(narrow, backup('one'));
    await requestRun(narrow, backup('two', { cluster: 'b' }));
    expect(sent).toHaveLength(2);
  });

  it('are free again three minutes after a worker died, and held while one works, however long', async () => {
    const { context, sent, clock } = setUp();
    const narrow = { ...context, runsPerCluster: 1 };
    await requestRun(narrow, backup('one'));
    const lease = (await takeLease(runStore(context.state, backups('one')), context))!;
    await requestRun(narrow, backup('two'));
    await clock.advance(30 * minute);
    expect((await restartOpenRuns(narrow)).outcomes).toMatchObject({ waiting: 1, held: 1 });
    lease.release();
    await clock.advance(3 * minute);
    await restartOpenRuns(narrow);
    expect(sent).toHaveLength(2);
  });

  it('and a backup that names no namespaces stands in the way of restores into those of its cluster alone', async () => {
    const { context, sent } = setUp();
    await context.state.put(
      'clusters/a.json',
      Buffer.from(
        JSON.stringify({
          kind: 'Cluster',
          metadata: { name: 'a' },
          spec: {
            server: 'https://a:6443',
            ack: { clusterId: 'c12345678', region: 'cn-hangzhou' },
            namespaces: ['shop'],
          },
        }),
      ),
    );
    await requestRun(context, backup('own', { spec: { labelSelector: { matchLabels: { app: 'web' } } } }));
    await requestRun(context, restore('elsewhere', { includedNamespaces: ['web'] }));
    expect(sent).toHaveLength(2);
    await requestRun(context, restore('into', { includedNamespaces: ['shop'] }));
    expect(await findRun(context.state, restores('into'))).toMatchObject({
      progress: { message: 'backup own is at work on namespace shop' },
    });
  });

  it('and a backup by labels of namespaces stands in the way of restores into any of them, named or not', async () => {
    const { context } = setUp();
    const spec = { includedNamespaces: ['blog'], includedNamespacesByLabel: ['team=shop'] };
    await requestRun(context, backup('labelled', { spec }));
    await requestRun(context, restore('into', { includedNamespaces: ['shop'] }));
    expect(await findRun(context.state, restores('into'))).toMatchObject({
      progress: { message: 'backup labelled is at work on namespace shop' },
    });
  });

  it('go to who waits longest', async () => {
    const { context, clock } = setUp();
    const narrow = { ...context, runsPerCluster: 1 };
    for (const name of ['first', 'z-second', 'a-third']) {
      await requestRun(narrow, backup(name));
      await clock.advance(1_000);
    }
    await carryOutRun(narrow, backups('first'), async () => completed);
    await restartOpenRuns(narrow);
    expect(await findRun(context.state, backups('z-second'))).toMatchObject({ starts: 1 });
    expect(await findRun(context.state, backups('a-third'))).toMatchObject({ starts: 0 });
  });

  it('are never more than there are, however many ticks and requests come at the same moment', async () => {
    const { context, clock } = setUp();
    const narrow = { ...context, runsPerCluster: 2 };
    const names = Array.from({ length: 12 }, (_, i) => `run-${i}`);
    let atWork = 0;
    let most = 0;
    const done = new Set<string>();
    const started: string[] = [];
    const context2 = {
      ...narrow,
      dispatcher: {
        async start({ name }: { name: string }) {
          started.push(name);
          return 'sent' as const;
        },
      },
    };
    await Promise.all(names.map((name) => requestRun(context2, backup(name))));
    for (let round = 0; round < 60 && done.size < names.length; round += 1) {
      const batch = started.splice(0);
      await Promise.all(
        batch.map((name) =>
          carryOutRun(narrow, backups(name), async () => {
            atWork += 1;
            most = Math.max(most, atWork);
            await Promise.resolve();
            atWork -= 1;
            done.add(name);
            return completed;
          }),
        ),
      );
      await clock.advance(4 * minute);
      await Promise.all([restartOpenRuns(context2), restartOpenRuns(context2)]);
    }
    expect([...done].sort()).toEqual(names.sort());
    expect(most).toBeLessThanOrEqual(2);
    const starts = await Promise.all(
      names.map(async (name) => (await findRun(context.state, backups(name)))!.starts),
    );
    expect(Math.max(...starts)).toBeLessThan(6);
  });

  it('are kept for a worker that comes late, and taken anew by one that comes too late', async () => {
    const { context, clock, sent } = setUp();
    const narrow = { ...context, runsPerCluster: 1 };
    await requestRun(narrow, backup('late'));
    await clock.advance(3 * minute + 1_000);
    await requestRun(narrow, backup('next'));
    expect(sent).toHaveLength(2);
    let worked = false;
    const answer = await carryOutRun(narrow, backups('late'), async () => {
      worked = true;
      return completed;
    });
    expect([answer, worked]).toEqual([undefined, false]);
    expect(await carryOutRun(narrow, backups('next'), async () => completed)).toEqual(completed);
  });
});

describe('a backup of a namespace into which a restore writes', () => {
  it.each<[string, object, boolean]>([
    ['the same namespace', { includedNamespaces: ['shop'] }, true],
    ['another namespace', { includedNamespaces: ['blog'] }, false],
    ['every namespace', {}, true],
    ['a pattern that matches it', { includedNamespaces: ['sh*'] }, true],
    [
      'another that is mapped to it',
      { includedNamespaces: ['blog'], namespaceMapping: { blog: 'shop' } },
      true,
    ],
    ['it mapped to another', { includedNamespaces: ['shop'], namespaceMapping: { shop: 'copy' } }, false],
    ['all but it', { excludedNamespaces: ['shop'] }, false],
  ])('waits for the restore of %s: %j → %s', async (_, spec, waits) => {
    const { context, sent, clock } = setUp();
    await requestRun(context, restore('back', spec));
    const { started } = await requestRun(context, backup('shop'));
    expect(started).toBe(!waits);
    await carryOutRun(context, restores('back'), async () => completed);
    await clock.advance(1_000);
    await restartOpenRuns(context);
    expect(sent).toHaveLength(2);
  });

  it('is not begun when the restore comes at the same moment, and both are done after one another', async () => {
    const { context, clock } = setUp();
    const done: string[] = [];
    await Promise.all([
      requestRun(context, restore('back', { includedNamespaces: ['shop'] })),
      requestRun(context, backup('shop')),
    ]);
    const at = new Set<string>();
    for (let round = 0; round < 10 && done.length < 2; round += 1) {
      await Promise.all(
        [restores('back'), backups('shop')].map(async (run) => {
          const { starts, result } = (await findRun(context.state, run))!;
          if (starts === 0 || result) return;
          await carryOutRun(context, run, async () => {
            at.add(run.kind);
            expect(at.size).toBe(1);
            await new Promise((resolve) => setImmediate(resolve));
            at.delete(run.kind);
            done.push(run.name);
            return completed;
          });
        }),
      );
      await clock.advance(4 * minute);
      await restartOpenRuns(context);
    }
    expect(done.sort()).toEqual(['back', 'shop']);
  });

  it('is told by the backup that the restore is of, where the restore names no namespace', async () => {
    const { context } = setUp();
    await requestRun(context, backup('old', { cluster: 'b', spec: { includedNamespaces: ['shop'] } }));
    await requestRun(context, restore('back'));
    expect((await requestRun(context, backup('blog'))).started).toBe(true);
    expect((await requestRun(context, backup('shop'))).started).toBe(false);
  });

  it('also keeps a restore waiting that comes while the backup is made', async () => {
    const { context } = setUp();
    await requestRun(context, backup('shop'));
    expect(await requestRun(context, restore('back', { includedNamespaces: ['shop'] }))).toMatchObject({
      started: false,
    });
    expect(await findRun(context.state, restores('back'))).toMatchObject({
      progress: { message: 'backup shop is at work on namespace shop' },
    });
  });
});
