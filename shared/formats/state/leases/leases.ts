import type { Clock, Random } from '../../../platform/clock';
import { LifeboatError } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';
import { documentBytes } from '../json-object';
import type { Lease } from './lease-types';
import { type RunRecord, recordIn } from '../run-record';
import { assertInOrder } from '../../../platform/assert-in-order';

/** A lease younger than this is live, by OSS's clock. */
export const leaseDuration = 180_000;
/** How often the holder renews. */
const renewEvery = 60_000;
/** The holder stops so long after its last renewal was sent, by its own monotonic clock: well before anyone takes over. */
export const stopAfter = 120_000;
/** How long a group of work may take that is started without a renewal. Its lease is at most `stopAfter` minus this old. */
const longestGroup = 60_000;

assertInOrder('the times of a lease', { renewEvery, stopAfter, leaseDuration });
assertInOrder('the age of a lease when a group of work starts', { longestGroup, stopAfter });

/** Whether somebody may be at work on a run: its newest lease is live, and was not given back. */
export function isHeld({ leases, leaseAge, pause }: RunRecord): boolean {
  return leaseAge < leaseDuration && pause?.lease !== leases;
}

export interface LeaseOptions {
  clock: Clock;
  random: Random;
  /** Who asks, for people who read the state: FC's request id. */
  holder: string;
}

/**
 * Takes the lease of the run that `run` is bound to; undefined while somebody else holds it.
 * @param found what the caller's own listing of the run showed. Where the run was taken since, the number of its lease is gone.
 * Age = `Date` of the answer to our listing minus the lease's Last-Modified, so no machine's clock is trusted.
 */
export async function takeLease(
  run: ObjectStore,
  options: LeaseOptions,
  found?: RunRecord,
): Promise<TakenLease | undefined> {
  const record = found ?? (await recordIn(run));
  if (isHeld(record)) return undefined;
  const attempt = record.leases + 1;
  const sent = momentOf(options.clock);
  if (!(await writeLease(run, attempt, options))) return undefined;
  return new HeldLease(run, attempt, sent, record, options);
}

/** A lease, with the run as the listing showed it by which the lease was free. */
interface TakenLease extends Lease {
  readonly found: RunRecord;
  /**
   * Gives the lease back, the last thing that its holder does: nothing is left to be done for so many seconds. Throws
   * `lost-lease` where somebody else has it.
   */
  pause(seconds: number): Promise<void>;
}

/** A time by both clocks of this machine, in milliseconds. */
interface Moment {
  monotonic: number;
  wall: number;
}

function momentOf(clock: Clock): Moment {
  return { monotonic: clock.monotonic(), wall: clock.now().getTime() };
}

async function writeLease(run: ObjectStore, n: number, { random, holder }: LeaseOptions): Promise<boolean> {
  const body = documentBytes({
    kind: 'Lease',
    holder,
    nonce: random.bytes(16).toString('hex'),
    durationSeconds: leaseDuration / 1_000,
  });
  return (await run.create(`lease-${n}.json`, body)).created;
}

class HeldLease implements TakenLease {
  readonly attempt: number;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  /** Renewals by the timer and by the holder take turns. */
  #turn: Promise<void> = Promise.resolve();
  #last: number;
  #lastSent: Moment;

  constructor(
    private readonly run: ObjectStore,
    attempt: number,
    lastSent: Moment,
    readonly found: RunRecord,
    private readonly options: LeaseOptions,
  ) {
    this.attempt = attempt;
    this.#last = attempt;
    this.#lastSent = lastSent;
    void this.#keep();
    void this.#watch();
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  renew(): Promise<void> {
    const mine = this.#turn.then(() => this.#renewOnce());
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async ensure(): Promise<void> {
    this.#lost.signal.throwIfAborted();
    const now = momentOf(this.options.clock);
    // The monotonic clock of a machine that was paused may have stood still; its wall clock is put right.
    const age = Math.max(now.monotonic - this.#lastSent.monotonic, now.wall - this.#lastSent.wall);
    if (age >= stopAfter - longestGroup) await this.renew();
  }

  release(): void {
    this.#released.abort();
  }

  async pause(seconds: number): Promise<void> {
    this.release();
    // A renewal that is under way would be a lease that nobody gave back.
    await this.#turn;
    await this.ensure();
    const key = `pause-${this.#last}-${this.found.starts}-${Math.ceil(seconds)}.json`;
    await this.run.create(key, documentBytes({ kind: 'Pause' }));
  }

  async #renewOnce(): Promise<void> {
    this.#lost.signal.throwIfAborted();
    const sent = momentOf(this.options.clock);
    if (!(await writeLease(this.run, this.#last + 1, this.options))) {
      throw this.#lose('somebody else took it over');
    }
    this.#last += 1;
    this.#lastSent = sent;
    // The answer may have come so late that a successor could already be at work.
    if (this.options.clock.monotonic() - sent.monotonic >= stopAfter)
      throw this.#lose('its renewal took too long');
  }

  #lose(reason: string): LifeboatError {
    const error = new LifeboatError('lost-lease', `attempt ${this.attempt} lost its lease: ${reason}`);
    this.#lost.abort(error);
    this.release();
    return error;
  }

  /** A renewal that fails for want of an answer is tried again at once until the watch ends it. */
  async #keep(): Promise<void> {
    while (await this.#sleep(renewEvery)) {
      while (!this.#released.signal.aborted) {
        const renewed = await this.renew().then(
          () => true,
          () => false,
        );
        if (renewed || !(await this.#sleep(renewRetry))) break;
      }
    }
  }

  async #watch(): Promise<void> {
    for (;;) {
      const left = this.#lastSent.monotonic + stopAfter - this.options.clock.monotonic();
      if (left <= 0) {
        this.#lose('it could not be renewed in time');
        return;
      }
      if (!(await this.#sleep(left))) return;
    }
  }

  /** False when the lease was released meanwhile. */
  async #sleep(milliseconds: number): Promise<boolean> {
    try {
      await this.options.clock.sleep(milliseconds, this.#released.signal);
      return true;
    } catch {
      return false;
    }
  }
}

const renewRetry = 5_000;
