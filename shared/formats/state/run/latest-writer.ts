import type { Clock } from '../../../platform/clock';

/**
 * Writes what changes often, at most once in `every` ms and never two at once; a change that comes sooner is written when its
 * time has come, so that the last word is never lost. A failed write is forgotten.
 */
export class LatestWriter {
  #changed = false;
  #lastWrite = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | undefined;
  #waiting: AbortController | undefined;

  constructor(
    private readonly put: () => Promise<unknown>,
    private readonly clock: Clock,
    private readonly every: number,
  ) {}

  /** There is something new to write. */
  touch(): void {
    this.#changed = true;
    if (this.#waiting) return;
    const early = this.#lastWrite + this.every - this.clock.monotonic();
    if (!this.#writing && early <= 0) void this.#write();
    else void this.#writeLater(Math.max(early, 0));
  }

  /** Writes what is left, now. */
  async flush(): Promise<void> {
    this.#waiting?.abort();
    this.#waiting = undefined;
    await this.#writing;
    await this.#write();
  }

  /** Writes nothing more: what is left is told elsewhere. */
  async drop(): Promise<void> {
    this.#changed = false;
    this.#waiting?.abort();
    this.#waiting = undefined;
    await this.#writing;
  }

  #write(): Promise<void> {
    if (!this.#changed) return Promise.resolve();
    this.#changed = false;
    this.#lastWrite = this.clock.monotonic();
    this.#writing = this.put()
      .then(
        () => {},
        () => {},
      )
      .finally(() => {
        this.#writing = undefined;
      });
    return this.#writing;
  }

  async #writeLater(ms: number): Promise<void> {
    this.#waiting = new AbortController();
    try {
      await this.clock.sleep(ms, this.#waiting.signal);
      await this.#writing;
      this.#waiting = undefined;
      await this.#write();
    } catch {
      // Flushed meanwhile.
    }
  }
}
