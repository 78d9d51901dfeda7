import type { Clock, Random } from '../../../shared/platform/clock';
import type { Change } from '../objects/collection';
import type { ObjectApi } from '../objects/object-api';
import type { ServedResources } from '../kinds/served-resources';
import type { Storage } from '../objects/storage';

/** What a controller works with. */
export interface ControllerContext {
  api: ObjectApi;
  storage: Storage;
  served: ServedResources;
  clock: Clock;
  random: Random;
  /** Runs `work` soon, once however often the key is asked for before it runs. */
  enqueue(key: string, work: () => void): void;
}

/** Looks at each change and asks for what has to follow from it. */
export type Controller = (change: Change, context: ControllerContext) => void;

/** Calls the controllers behind the requests, as the controller manager does: soon, but not at once. */
export class ControllerLoop {
  readonly #queue = new Map<string, () => void>();
  #scheduled: NodeJS.Immediate | undefined;
  #idle: (() => void)[] = [];
  #closed = false;
  readonly #unsubscribe: () => void;

  /** What the controllers work with. */
  readonly context: ControllerContext;

  constructor(controllers: Controller[], context: Omit<ControllerContext, 'enqueue'>) {
    this.context = { ...context, enqueue: (key, work) => this.#enqueue(key, work) };
    const react = (change: Change) => {
      for (const controller of controllers) controller(change, this.context);
    };
    this.#unsubscribe = context.storage.onChange(react);
    // What was there before is looked at as if it came now.
    for (const [, collection] of context.storage.collections()) {
      for (const object of collection.sorted()) react({ type: 'ADDED', revision: object.revision, object });
    }
  }

  /** Resolves when no work is left. */
  async settled(): Promise<void> {
    if (this.#queue.size === 0 || this.#closed) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    if (this.#scheduled) clearImmediate(this.#scheduled);
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #enqueue(key: string, work: () => void): void {
    if (this.#closed) return;
    this.#queue.set(key, work);
    this.#scheduled ??= setImmediate(() => this.#run());
  }

  /** A slice of the queue, so that requests are answered in between. */
  #run(): void {
    this.#scheduled = undefined;
    let left = 200;
    for (const [key, work] of this.#queue) {
      if (left === 0) break;
      left -= 1;
      this.#queue.delete(key);
      work();
    }
    if (this.#queue.size > 0) this.#scheduled = setImmediate(() => this.#run());
    else for (const resolve of this.#idle.splice(0)) resolve();
  }
}
