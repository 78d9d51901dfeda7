import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../shared/platform/clock';
import type { Operation } from '../harness/memory-bucket';

/** What goes wrong for one instance of a function: at its n-th request it dies, or stands still for a while. */
export interface Mishap {
  atRequest: number;
  /** Only before a write that makes something of this name. */
  key?: RegExp;
  /** Milliseconds; absent for ever: its process is gone. */
  standsStill?: number;
}

/** One instance of a function. Whatever is asked of a bucket in its name passes by it. */
export class Actor {
  requests = 0;
  /** Resolves when its mishap comes; never when none does. */
  readonly stopped: Promise<'stopped'>;
  state: 'well' | 'frozen' | 'thawed' | 'dead' = 'well';
  #stop: (word: 'stopped') => void = () => {};
  #thaw: Promise<void> | undefined;

  constructor(
    readonly name: string,
    private readonly clock: Clock,
    private readonly mishap?: Mishap,
  ) {
    this.stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
  }

  get dead(): boolean {
    return this.state === 'dead';
  }

  async before(operation: Operation, key: string): Promise<void> {
    this.requests += 1;
    if (this.state === 'well' && this.mishap && this.#meets(this.mishap, operation, key)) {
      this.#stop('stopped');
      if (this.mishap.standsStill === undefined) this.state = 'dead';
      else {
        this.state = 'frozen';
        this.#thaw = this.clock.sleep(this.mishap.standsStill).then(() => {
          this.state = 'thawed';
        });
      }
    }
    if (this.state === 'frozen') await this.#thaw;
    if (this.dead) await new Promise(() => {});
  }

  #meets({ atRequest, key }: Mishap, operation: Operation, wanted: string): boolean {
    if (key) return operation === 'create' && key.test(wanted);
    return this.requests >= atRequest;
  }
}

const acting = new AsyncLocalStorage<Actor>();

/** Whoever asks the buckets for something at this moment; undefined for people. */
export const actor = (): Actor | undefined => acting.getStore();

export function actAs<T>(who: Actor, what: () => Promise<T>): Promise<T> {
  return acting.run(who, what);
}
