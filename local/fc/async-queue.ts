import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { Clock } from '../../shared/platform/clock';
import type { FunctionPool } from './function-pool';
import type { Outcome } from './instance';

/** What is told of every finished asynchronous invocation. */
export interface Finished {
  functionName: string;
  requestId: string;
  /** What the function was sent. */
  event: Buffer;
  outcome: Outcome;
}

export interface QueueOptions {
  clock: Clock;
  /** Whether the n-th message is delivered twice; at-least-once delivery, on purpose. */
  duplicate(n: number): boolean;
  /** Instances at work at a time. */
  concurrency: number;
  finished(result: Finished): void;
}

/** FC's default for a function without a setting of its own. */
const defaultRetries = 3;

/** How long FC remembers a task. */
const rememberedFor = 7 * 86_400_000;

/**
 * FC's internal queue: takes a message, delivers it at least once, tries again after function errors, and remembers
 * every task id it was given for seven days.
 */
export class AsyncQueue {
  /** When each was given, milliseconds. */
  readonly #taskIds = new Map<string, number>();
  readonly #limit;
  readonly #closed = new AbortController();
  #underWay = new Set<Promise<void>>();
  #count = 0;

  constructor(private readonly options: QueueOptions) {
    this.#limit = pLimit(options.concurrency);
  }

  /** False when this function was given the task id before: nothing is sent then. */
  send(pool: FunctionPool, event: Buffer, taskId?: string): { requestId: string } | undefined {
    const requestId = randomUUID();
    const id = `${pool.hosted.name}/${taskId ?? requestId}`;
    const now = this.options.clock.now().getTime();
    const given = this.#taskIds.get(id);
    if (given !== undefined && now - given < rememberedFor) return undefined;
    this.#taskIds.set(id, now);
    this.#count += 1;
    const deliveries = this.options.duplicate(this.#count) ? 2 : 1;
    for (let i = 0; i < deliveries; i += 1) this.#deliver(pool, event, requestId);
    return { requestId };
  }

  /** Resolves when everything was delivered and has finished, also what was sent meanwhile. */
  async idle(): Promise<void> {
    do {
      while (this.#underWay.size > 0) await Promise.all(this.#underWay);
      // An event caused by the last answer is sent in a later turn of the loop.
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    } while (this.#underWay.size > 0);
  }

  /** Delivers nothing more. */
  close(): void {
    this.#closed.abort();
    this.#limit.clearQueue();
  }

  #deliver(pool: FunctionPool, event: Buffer, requestId: string): void {
    const delivery = this.#limit(() => this.#tryOften(pool, event, requestId)).finally(() => {
      this.#underWay.delete(delivery);
    });
    this.#underWay.add(delivery);
  }

  async #tryOften(pool: FunctionPool, event: Buffer, requestId: string): Promise<void> {
    const retries = pool.hosted.maxAsyncRetryAttempts ?? defaultRetries;
    for (let retry = 0; ; retry += 1) {
      if (this.#closed.signal.aborted) return;
      const outcome = await pool.invoke(event, requestId, retry);
      if (!outcome.error || retry >= retries) {
        this.options.finished({ functionName: pool.hosted.name, requestId, event, outcome });
        return;
      }
      const wait = this.options.clock.sleep(1_000 * 2 ** retry, this.#closed.signal);
      await wait.catch(() => {});
    }
  }
}
