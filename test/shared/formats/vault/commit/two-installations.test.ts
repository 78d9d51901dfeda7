import { describe, expect, it } from '@jest/globals';
import type { LifeboatError } from '../../../../../shared/platform/errors';
import { backupKeys } from '../../../../../shared/formats/vault/layout';
import { type BucketKind, MemoryBucket } from '../../../../harness/memory-bucket';
import { MemoryStore } from '../../../../harness/memory-store';
import { chance } from '../../../../simulation/chance';
import { attemptBackup, backup, type Holder, objectsOf } from '../backup-attempt';

const keys = backupKeys(backup);

class Killed extends Error {}

/** Called before each request of a worker goes out, and after each answer. */
type Gate = () => Promise<void> | void;
type Outcome = 'won' | 'lost' | 'replayed' | Error;

/** Two installations, 1 and 2, whose backups have one name and other bytes, and one vault. */
class Rivals {
  readonly vault: MemoryBucket;
  readonly #states = [new MemoryBucket(), new MemoryBucket()];
  readonly #holders: Holder[] = [{ attempt: 0 }, { attempt: 0 }];

  constructor(readonly kind: BucketKind) {
    this.vault = new MemoryBucket(kind);
  }

  work(rival: 1 | 2, gate: Gate = () => {}): Promise<Outcome> {
    const hooks = { before: gate, after: gate };
    return attemptBackup({
      vault: new MemoryStore(this.vault, '', hooks),
      run: new MemoryStore(this.#states[rival - 1]!, '', hooks),
      holder: this.#holders[rival - 1]!,
      // Which bytes it writes.
      attempt: rival,
      writer: { installation: String(rival).repeat(32), keepsVersions: this.kind === 'versioned' },
    }).catch((error: Error) => error);
  }

  /** One has its backup, whole; the other is told that it has none, at the latest when it is started again. */
  async expectOneWinner([first, second]: readonly [Outcome, Outcome]): Promise<void> {
    const winner = first instanceof Error ? 2 : 1;
    const loser = winner === 1 ? 2 : 1;
    const [won, lost] = winner === 1 ? [first, second] : [second, first];
    expect(won).not.toBeInstanceOf(Error);
    expect(lost).toBeInstanceOf(Error);
    this.expectWhole(winner);
    // The winner removes the upload of the other, which may not have got as far as its commit.
    const told = (lost as LifeboatError).kind === 'not-found' ? await this.work(loser) : lost;
    expect(told).toMatchObject({ kind: 'conflict' });
    this.expectWhole(winner);
  }

  expectWhole(winner: number): void {
    const there = [...this.vault.objects].filter(([key]) => key !== keys.writer);
    const bytes = Object.fromEntries(there.map(([key, { body }]) => [key, body]));
    expect(bytes).toEqual(objectsOf(winner));
  }
}

/** A worker that stops at its n-th gate until it is let go. */
function stopping(rivals: Rivals, rival: 1 | 2, at: number) {
  let letGo = () => {};
  let reached = () => {};
  const ice = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const stopped = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let passed = 0;
  const outcome = rivals.work(rival, async () => {
    passed += 1;
    if (passed !== at) return;
    reached();
    await ice;
  });
  return { stopped: Promise.race([stopped, outcome]), letGo, outcome, passed: () => passed };
}

async function gatesOf(kind: BucketKind): Promise<number> {
  const alone = stopping(new Rivals(kind), 1, 0);
  expect(await alone.outcome).toBe('won');
  return alone.passed();
}

describe.each<BucketKind>(['plain', 'versioned', 'worm'])(
  'two installations that write a backup of one name into a %s bucket',
  (kind) => {
    it('have one backup, wherever one of them stops while the other goes on to its end', async () => {
      const gates = await gatesOf(kind);
      expect(gates).toBeGreaterThan(20);
      for (let at = 1; at <= gates; at += 1) {
        const rivals = new Rivals(kind);
        const first = stopping(rivals, 1, at);
        await first.stopped;
        const second = await rivals.work(2);
        first.letGo();
        await rivals.expectOneWinner([await first.outcome, second]);
      }
    });

    it('have one backup when both stop, one at any of its requests, the other at some of its own', async () => {
      const gates = await gatesOf(kind);
      for (let one = 1; one <= gates; one += 1) {
        for (let other = 1 + (one % 19); other <= gates; other += 19) {
          const rivals = new Rivals(kind);
          const first = stopping(rivals, 1, one);
          await first.stopped;
          const second = stopping(rivals, 2, other);
          await second.stopped;
          first.letGo();
          const outcome = await first.outcome;
          second.letGo();
          await rivals.expectOneWinner([outcome, await second.outcome]);
        }
      }
    });

    it('have one backup in any order of their requests', async () => {
      for (let seed = 1; seed <= 40; seed += 1) {
        const rivals = new Rivals(kind);
        const { between } = chance(seed);
        const wait = async () => {
          for (let turns = between(0, 12); turns > 0; turns -= 1) await Promise.resolve();
        };
        await rivals.expectOneWinner(await Promise.all([rivals.work(1, wait), rivals.work(2, wait)]));
      }
    });

    it('have one backup when the first dies anywhere, the second comes, and the first is started again', async () => {
      const gates = await gatesOf(kind);
      for (let at = 1; at <= gates; at += 1) {
        const rivals = new Rivals(kind);
        let passed = 0;
        const died = await rivals.work(1, () => {
          passed += 1;
          if (passed >= at) throw new Killed();
        });
        expect(died).toBeInstanceOf(Killed);
        const second = await rivals.work(2);
        await rivals.expectOneWinner([await rivals.work(1), second]);
      }
    });
  },
);
