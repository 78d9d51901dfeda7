import type { HostCredentials, HostedFunction, HostPlace } from './hosted-function';
import { Instance, type Outcome } from './instance';

export interface PoolOptions {
  place: HostPlace;
  /** Path of the built function-process.js. */
  entry: string;
  /** Of the function's role; asked for every request. */
  credentials(functionName: string): HostCredentials;
  log(functionName: string, line: string): void;
}

/** An instance that was not used for so long is ended. */
const idleFor = 120_000;

/** The instances of one function: a free one is used again, otherwise another is started. */
export class FunctionPool {
  readonly #free = new Map<Instance, NodeJS.Timeout>();
  readonly #busy = new Set<Instance>();

  constructor(
    readonly hosted: HostedFunction,
    private readonly options: PoolOptions,
  ) {}

  /** Never rejects. */
  async invoke(event: Buffer, requestId: string, retryCount = 0): Promise<Outcome> {
    const instance = this.#take();
    const timeout = (this.hosted.timeout ?? 60) * 1_000;
    try {
      return await instance.invoke(event, this.#contextOf(requestId, retryCount), timeout);
    } finally {
      this.#giveBack(instance);
    }
  }

  /** Process ids of all instances, those at work first. */
  pids(): number[] {
    return [...this.#busy, ...this.#free.keys()].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Kills every instance, also at work, as when its machine is lost. */
  kill(): void {
    for (const instance of [...this.#busy, ...this.#free.keys()]) instance.kill();
  }

  async close(): Promise<void> {
    for (const timer of this.#free.values()) clearTimeout(timer);
    await Promise.all([...this.#busy, ...this.#free.keys()].map((instance) => instance.close()));
    this.#free.clear();
  }

  #take(): Instance {
    for (const [instance, timer] of this.#free) {
      clearTimeout(timer);
      this.#free.delete(instance);
      if (instance.dead) continue;
      this.#busy.add(instance);
      return instance;
    }
    const { place, entry, log } = this.options;
    const instance = new Instance(this.hosted, place, entry, (line) => log(this.hosted.name, line));
    this.#busy.add(instance);
    return instance;
  }

  #giveBack(instance: Instance): void {
    this.#busy.delete(instance);
    if (instance.dead) return;
    const timer = setTimeout(() => {
      this.#free.delete(instance);
      instance.kill();
    }, idleFor);
    timer.unref();
    this.#free.set(instance, timer);
  }

  #contextOf(requestId: string, retryCount: number) {
    const { name, exportName = 'handler', timeout = 60 } = this.hosted;
    return {
      requestId,
      credentials: this.options.credentials(name),
      function: { name, handler: `index.${exportName}`, memory: 1024, timeout },
      service: { logProject: '', logStore: '', qualifier: 'LATEST' },
      ...this.options.place,
      retryCount,
    };
  }
}
