import type { Clock, Random } from '../../shared/platform/clock';

/** A clock that stands still until `advance`; sleepers wake in order of their time. */
export class FakeClock implements Clock {
  #time: number;
  readonly #started: number;
  #sleepers: { at: number; wake: () => void }[] = [];

  constructor(start = '2026-11-22T10:00:00Z') {
    this.#time = Date.parse(start);
    this.#started = this.#time;
  }

  now(): Date {
    return new Date(this.#time);
  }

  monotonic(): number {
    return this.#time - this.#started;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const sleeper = { at: this.#time + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Moves time on, waking every sleeper at its moment and letting what it does settle first. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    await settle();
    for (;;) {
      const next = this.#sleepers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#sleepers.shift();
      this.#time = Math.max(this.#time, next.at);
      next.wake();
      await settle();
    }
    this.#time = end;
  }

  /** Time passes but nobody wakes: a frozen process. */
  freeze(ms: number): void {
    this.#time += ms;
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Bytes that never repeat, and a fraction that stands still. */
export function countingRandom(): Random {
  let count = 0;
  return {
    fraction: () => 0.5,
    bytes: (size) => {
      count += 1;
      const bytes = Buffer.alloc(size);
      bytes.writeUInt32BE(count, size - 4);
      return bytes;
    },
  };
}
