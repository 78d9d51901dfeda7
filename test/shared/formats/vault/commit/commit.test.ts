import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LifeboatError } from '../../../../../shared/platform/errors';
import { backupKeys } from '../../../../../shared/formats/vault/layout';
import { replayCommit } from '../../../../../shared/formats/vault/commit/replay-commit';
import { type BucketKind, MemoryBucket } from '../../../../harness/memory-bucket';
import { MemoryStore } from '../../../../harness/memory-store';
import { attemptBackup, backup, type Holder, objectsOf } from '../backup-attempt';

const keys = backupKeys(backup);

class Killed extends Error {}

type Moment = 'before' | 'after';
type Fault = { moment: Moment; step: number };
type Outcome = 'won' | 'lost' | 'replayed' | Error;

/** A vault and a run, and workers that are killed or frozen at their n-th request. */
class World {
  readonly vault: MemoryBucket;
  readonly run = new MemoryBucket();
  readonly holder: Holder = { attempt: 0 };

  constructor(kind: BucketKind) {
    this.vault = new MemoryBucket(kind);
    this.vault.onWrite = (key) => {
      if (key === keys.manifest) this.expectComplete();
    };
  }

  /** Starts a worker. `gate` is called before its n-th request goes out, and after the n-th answer: some go side by side. */
  start(attempt: number, gate: (moment: Moment, step: number) => Promise<void> | void): Promise<Outcome> {
    let asked = 0;
    let answered = 0;
    const hooks = {
      before: () => gate('before', ++asked),
      after: () => gate('after', ++answered),
    };
    const vault = new MemoryStore(this.vault, '', hooks);
    const run = new MemoryStore(this.run, '', hooks);
    const isDeleted = async () => (await run.head('deleted')) !== undefined;
    return attemptBackup({ vault, run, attempt, holder: this.holder, isDeleted }).catch(
      (error: Error) => error,
    );
  }

  /** A worker whose machine dies at one point. */
  killed(attempt: number, fault: Fault): Promise<Outcome> {
    let dead = false;
    return this.start(attempt, (moment, step) => {
      dead ||= moment === fault.moment && step === fault.step;
      if (dead) throw new Killed();
    });
  }

  /** A worker that stops at one point until it is thawed. */
  frozen(attempt: number, fault: Fault) {
    let thaw = () => {};
    let reached = () => {};
    const ice = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    const stopped = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const outcome = this.start(attempt, async (moment, step) => {
      if (moment !== fault.moment || step !== fault.step) return;
      reached();
      await ice;
    });
    return { stopped: Promise.race([stopped, outcome]), thaw, outcome };
  }

  unhindered(attempt: number): Promise<Outcome> {
    return this.start(attempt, () => {});
  }

  /** What Must 1 says of a visible manifest: all else is there, of the same attempt. */
  expectComplete(): void {
    const manifest = this.vault.objects.get(keys.manifest)!.body.toString();
    const attempt = Number(/\d+$/.exec(manifest)?.[0]);
    const expected = objectsOf(attempt);
    expect([...this.vault.objects.keys()].sort()).toEqual(Object.keys(expected).sort());
    for (const [key, { body }] of this.vault.objects) {
      if (!expected[key]?.equals(body))
        throw new Error(`${key} holds other bytes than attempt ${attempt} made`);
    }
  }

  expectOneBackup(): void {
    expect(this.vault.objects.has(keys.manifest)).toBe(true);
    this.expectComplete();
    const rewritten = [...this.vault.history].filter(([, versions]) => versions.size !== 1);
    expect(rewritten).toEqual([]);
    expect(this.vault.uploads.size).toBe(0);
  }
}

const kinds: BucketKind[] = ['plain', 'versioned', 'worm'];
const moments: Moment[] = ['before', 'after'];

/** Number of requests of a worker that nothing disturbs. */
async function stepsOf(kind: BucketKind): Promise<number> {
  let steps = 0;
  const outcome = await new World(kind).start(1, (_, step) => {
    steps = step;
  });
  expect(outcome).toBe('won');
  return steps;
}

describe.each(kinds)('the commit of a backup in a %s bucket', (kind) => {
  let faults: Fault[];

  beforeEach(async () => {
    const steps = await stepsOf(kind);
    expect(steps).toBeGreaterThan(15);
    faults = Array.from({ length: steps }, (_, index) => index + 1).flatMap((step) =>
      moments.map((moment) => ({ moment, step })),
    );
  });

  it('leaves one backup or nothing visible wherever its worker dies, and the next worker finishes it', async () => {
    for (const fault of faults) {
      const world = new World(kind);
      expect(await world.killed(1, fault)).toBeInstanceOf(Killed);
      if (world.vault.objects.has(keys.manifest)) world.expectComplete();
      expect(['won', 'replayed']).toContain(await world.unhindered(2));
      world.expectOneBackup();
    }
  });

  it('survives a second death anywhere after a first one anywhere', async () => {
    for (const [index, first] of faults.entries()) {
      // Every pair would take long: each first death with a quarter of the second ones, in turn.
      for (const second of faults.filter((_, other) => (index + other) % 4 === 0)) {
        const world = new World(kind);
        await world.killed(1, first);
        await world.killed(2, second);
        await world.unhindered(3);
        world.expectOneBackup();
      }
    }
  });

  it('is not changed by a holder that thaws after its successor has finished', async () => {
    for (const fault of faults) {
      const world = new World(kind);
      const first = world.frozen(1, fault);
      await first.stopped;
      const successor = await world.unhindered(2);
      expect(['won', 'replayed']).toContain(successor);
      world.expectOneBackup();
      const visible = world.vault.objects.get(keys.manifest)?.body;
      first.thaw();
      const outcome = await first.outcome;
      world.expectOneBackup();
      expect(world.vault.objects.get(keys.manifest)?.body).toEqual(visible);
      // It lost the race, or was the winner whose commit the successor replayed, or found its lease or its upload gone.
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(LifeboatError);
        expect(['lost-lease', 'not-found']).toContain((outcome as LifeboatError).kind);
      } else {
        expect(successor === 'replayed' ? ['won'] : ['lost', 'replayed']).toContain(outcome);
      }
    }
  });

  it('is the same backup when the lease cannot tell a thawed holder that it lost it', async () => {
    for (const fault of faults) {
      const world = new World(kind);
      const first = world.frozen(1, fault);
      await first.stopped;
      await world.unhindered(2);
      world.holder.attempt = 1;
      first.thaw();
      await first.outcome;
      world.expectOneBackup();
    }
  });

  it('is one backup in whatever order three workers at once get their turns, some dying', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat({ max: 60 }), { minLength: 3, maxLength: 3 }),
        async (scheduler, deaths) => {
          const world = new World(kind);
          const workers = deaths.map((death, index) =>
            world.start(index + 1, async (moment, step) => {
              if (moment === 'after') return;
              if (step > death) throw new Killed();
              await scheduler.schedule(Promise.resolve());
            }),
          );
          await scheduler.waitFor(Promise.all(workers));
          if (world.vault.objects.has(keys.manifest)) world.expectComplete();
          await world.unhindered(4);
          world.expectOneBackup();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is refused where the directory holds somebody else’s objects', async () => {
    const world = new World(kind);
    world.vault.write(keys.logs, Buffer.from('of a Velero'));
    const outcome = await world.unhindered(1);
    expect(outcome).toMatchObject({ kind: 'conflict', message: expect.stringContaining(keys.directory) });
    expect([...world.vault.objects.keys()]).toEqual([keys.logs]);
    expect(world.vault.uploads.size).toBe(0);
  });

  it('succeeds for one of two installations at most that write one name at the same time', async () => {
    for (const fault of faults) {
      const one = new World(kind);
      const other = new World(kind);
      // One vault, two states.
      Object.assign(other, { vault: one.vault });
      one.vault.onWrite = () => {};
      const first = one.frozen(1, fault);
      const second = other.frozen(2, fault);
      await Promise.all([first.stopped, second.stopped]);
      first.thaw();
      const outcomes: Outcome[] = [await first.outcome];
      second.thaw();
      outcomes.push(await second.outcome);
      const losers = outcomes.filter((outcome) => outcome instanceof LifeboatError);
      expect([fault, losers.length >= 1]).toEqual([fault, true]);
    }
  });

  it('never shows a backup one of whose objects somebody overwrote', async () => {
    const world = new World(kind);
    const first = world.frozen(1, { moment: 'after', step: stepOfCommit });
    await first.stopped;
    world.vault.objects.set(keys.results, { body: Buffer.from('forged'), lastModified: world.vault.now });
    first.thaw();
    expect(await first.outcome).toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(keys.results),
    });
    expect(world.vault.objects.has(keys.manifest)).toBe(false);
  });

  it('does not bring back a backup that was deleted meanwhile', async () => {
    for (const step of [stepOfCommit, stepOfCommit + 4]) {
      const world = new World(kind);
      const first = world.frozen(1, { moment: 'after', step });
      await first.stopped;
      world.run.write('deleted', Buffer.from('{}'));
      first.thaw();
      expect(await first.outcome).toMatchObject({
        kind: 'conflict',
        message: `backup ${backup} has been deleted`,
      });
      expect(world.vault.objects.has(keys.manifest)).toBe(false);
    }
  });
});

/** Of an undisturbed worker: look for a commit, list the directory, start, two parts, one kept file, the commit. */
const stepOfCommit = 7;

describe('replaying a commit', () => {
  it('says so when there is none', async () => {
    const run = new MemoryStore(new MemoryBucket(), 'runs/');
    const vault = new MemoryStore();
    await expect(
      replayCommit({ vault, run, name: backup, isDeleted: async () => false }),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('names the remedy when the upload is gone', async () => {
    const world = new World('plain');
    await world.killed(1, { moment: 'after', step: stepOfCommit });
    world.vault.uploads.clear();
    const outcome = await world.unhindered(2);
    expect(outcome).toMatchObject({ kind: 'corrupt', hint: expect.stringContaining('another name') });
    expect(world.vault.objects.size).toBe(0);
  });

  it('refuses kept bytes that are not those of the commit', async () => {
    const world = new World('plain');
    await world.killed(1, { moment: 'after', step: stepOfCommit });
    world.run.objects.set('attempt-1/shop-1-lifeboat.json.gz', {
      body: Buffer.from('changed'),
      lastModified: new Date(),
    });
    expect(await world.unhindered(2)).toMatchObject({ kind: 'corrupt' });
    expect(world.vault.objects.has(keys.manifest)).toBe(false);
  });

  it('refuses a commit whose own bytes were changed', async () => {
    const world = new World('plain');
    await world.killed(1, { moment: 'after', step: stepOfCommit });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const { body, ...rest } = world.run.objects.get('commit.json')!;
    const forged = body.toString().replace(base64('results of attempt 1'), base64('results of attempt 7'));
    expect(forged).not.toBe(body.toString());
    world.run.objects.set('commit.json', { ...rest, body: Buffer.from(forged) });
    expect(await world.unhindered(2)).toMatchObject({ kind: 'corrupt' });
    expect(world.vault.objects.has(keys.manifest)).toBe(false);
  });

  it.each([
    ['another backup’s commit', (text: string) => text.replace('"backup":"shop-1"', '"backup":"shop-2"')],
    [
      'a commit that writes elsewhere',
      (text: string) => text.replace('backups/shop-1/shop-1-results', 'backups/shop-2/x'),
    ],
    ['a commit of a later version', (text: string) => text.replace('"format":1', '"format":2')],
    ['half a commit', (text: string) => text.slice(0, 80)],
  ])('refuses %s', async (_, forge) => {
    const world = new World('plain');
    await world.killed(1, { moment: 'after', step: stepOfCommit });
    const { body } = world.run.objects.get('commit.json')!;
    const forged = forge(body.toString());
    expect(forged).not.toBe(body.toString());
    world.run.objects.set('commit.json', { body: Buffer.from(forged), lastModified: new Date() });
    expect(await world.unhindered(2)).toMatchObject({ kind: 'corrupt' });
    expect(world.vault.objects.size).toBe(0);
  });
});
